//! Every case of every vendor as a test: against the mocks, or against the server of `JOBPROOF_TARGET`.

jobproof::conformance_main!();
