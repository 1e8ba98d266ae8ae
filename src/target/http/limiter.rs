//! Time between requests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Gives requests their turns: a least time apart, and none while the server asks for a rest.
#[derive(Debug)]
pub(super) struct Limiter {
    spacing: Duration,
    next: Mutex<Instant>,
}

impl Limiter {
    /// At most so many turns in a second; any number without a rate.
    pub(super) fn new(per_second: Option<f64>) -> Self {
        let spacing = per_second.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Limiter { spacing: spacing.unwrap_or_default(), next: Mutex::new(Instant::now()) }
    }

    /// Waits for the next turn.
    pub(super) async fn turn(&self) {
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let at = (*next).max(Instant::now());
            *next = at + self.spacing;
            at
        };
        tokio::time::sleep_until(at).await;
    }

    /// Gives no turn for so long.
    pub(super) fn hold(&self, length: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + length);
    }

    /// How long it is to the next turn.
    #[cfg(test)]
    pub(super) fn rest(&self) -> Duration {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_are_apart_and_pass_over_a_rest() {
        let limiter = Limiter::new(Some(4.0));
        let started = Instant::now();
        for expected in [0, 250, 500] {
            limiter.turn().await;
            assert_eq!(started.elapsed().as_millis(), expected);
        }
        limiter.hold(Duration::from_secs(3));
        limiter.turn().await;
        assert_eq!(started.elapsed().as_millis(), 3_500);
        limiter.hold(Duration::ZERO);
        limiter.turn().await;
        assert_eq!(started.elapsed().as_millis(), 3_750);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_nobody_waits() {
        let (limiter, started) = (Limiter::new(None), Instant::now());
        for _ in 0..100 {
            limiter.turn().await;
        }
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}
