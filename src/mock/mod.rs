//! The reference server: stateful, made from a contract, without I/O of its own.

pub mod clock;
