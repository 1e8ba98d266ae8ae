//! Requests, responses, transcripts and readings.

pub mod compose;
pub mod curl;
pub mod graphql;
pub mod headers;
pub mod ids;
pub mod message;
pub mod reading;
pub mod redact;
pub mod refusal;
pub mod route;
pub mod spelling;
pub mod transcript;

pub use ids::JobIds;
pub use message::{Asked, Exchange, Identity, Meant, Request, Response, TransportError, Violation};
pub use reading::Reading;
pub use transcript::{Origin, Transcript};
