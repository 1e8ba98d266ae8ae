//! Plan, schedule, drive and poll. Emits events; prints nothing.

mod arrange;
mod clean;
pub mod drive;
pub mod judge;
mod moment;
pub mod pace;
pub mod plan;
mod race;
mod request;
pub mod schedule;
mod search;
pub mod setup;
mod steps;
