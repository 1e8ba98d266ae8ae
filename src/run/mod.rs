//! Plan, schedule, drive and poll. Emits events; prints nothing.

mod again;
mod arrange;
mod clean;
pub mod drive;
mod fixture;
mod keep;
mod lists;
mod moment;
pub mod pace;
mod pages;
pub mod plan;
mod poll;
mod race;
mod request;
pub mod schedule;
mod search;
mod send;
pub mod setup;
mod steps;
