//! jobproof

pub mod contract;
