//! Contract tests and lifecycle conformance for HTTP APIs that run asynchronous jobs.

pub mod contract;
