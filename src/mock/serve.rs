//! The mock over HTTP.
