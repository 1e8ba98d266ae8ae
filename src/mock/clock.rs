//! The clock that moves the mock's jobs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The day on which every held clock starts: 2026-01-01T00:00:00Z, in seconds since 1970.
pub const HELD_EPOCH: u64 = 1_767_225_600;

/// A clock that runs with the wall clock, faster or slower, or stands still until it is moved.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    epoch: SystemTime,
    scale: f64,
    moved: AtomicU64,
    dates_signatures: bool,
}

impl Clock {
    /// A clock that stands still until it is moved.
    pub fn held() -> Self {
        Clock {
            started: Instant::now(),
            epoch: UNIX_EPOCH + Duration::from_secs(HELD_EPOCH),
            scale: 0.0,
            moved: AtomicU64::new(0),
            dates_signatures: true,
        }
    }

    /// A clock that runs `scale` times as fast as the wall clock, from the present time.
    pub fn running(scale: f64) -> Self {
        let epoch = SystemTime::now();
        Clock { started: Instant::now(), epoch, scale, moved: AtomicU64::new(0), dates_signatures: false }
    }

    /// Whether it stands still.
    pub fn is_held(&self) -> bool {
        self.scale == 0.0
    }

    /// The time since the clock was made.
    pub fn elapsed(&self) -> Duration {
        let ran = if self.is_held() { Duration::ZERO } else { self.started.elapsed().mul_f64(self.scale) };
        ran + Duration::from_micros(self.moved.load(Ordering::SeqCst))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.moved.fetch_add(u64::try_from(by.as_micros()).unwrap_or(u64::MAX / 2), Ordering::SeqCst);
    }

    /// The point in time the clock shows.
    pub fn now(&self) -> SystemTime {
        self.epoch + self.elapsed()
    }

    /// The point in time that signatures are dated by: that of a driver which shares a held clock, and the wall clock
    /// for everybody else, since they sign by theirs.
    pub fn signing_time(&self) -> SystemTime {
        if self.dates_signatures { self.now() } else { SystemTime::now() }
    }
}
