//! Contract tests and lifecycle conformance for HTTP APIs that run asynchronous jobs.

pub mod case;
pub mod contract;
pub mod exchange;
pub mod mock;
pub mod report;
pub mod rule;
pub mod run;
pub mod sign;
pub mod target;
