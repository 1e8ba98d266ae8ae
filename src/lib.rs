//! jobproof
