//! The daily limit (`mightycall-api.md`, section 4, grade A).

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

/// So many requests by one key in any 24 hours, whatever became of them. Those that are turned away for being too many do
/// not count: who waits is let in again.
#[derive(Debug, Default)]
pub(super) struct Allowance(HashMap<String, VecDeque<Timestamp>>);

impl Allowance {
    /// Counts a request, or says in how many seconds the next is free.
    pub(super) fn spend(&mut self, key: &str, limit: u32, now: Timestamp) -> Result<(), u64> {
        let day = SignedDuration::from_hours(24);
        let spent = self.0.entry(key.to_owned()).or_default();
        while spent.front().is_some_and(|at| now.duration_since(*at) >= day) {
            spent.pop_front();
        }
        if spent.len() < limit as usize {
            spent.push_back(now);
            return Ok(());
        }
        let free = spent.front().map_or(day, |oldest| day - now.duration_since(*oldest));
        Err(free.as_secs().unsigned_abs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_free_again_a_day_after_it_was_made() {
        let start: Timestamp = "2026-01-15T16:00:00Z".parse().unwrap();
        let at = |seconds| start + SignedDuration::from_secs(seconds);
        let mut allowance = Allowance::default();
        assert_eq!(allowance.spend("one", 2, at(0)), Ok(()));
        assert_eq!(allowance.spend("one", 2, at(100)), Ok(()));
        assert_eq!(allowance.spend("one", 2, at(200)), Err(86_201));
        assert_eq!(allowance.spend("other", 2, at(200)), Ok(()));
        assert_eq!(allowance.spend("one", 2, at(86_399)), Err(2));
        assert_eq!(allowance.spend("one", 2, at(86_400)), Ok(()));
        assert_eq!(allowance.spend("one", 2, at(86_401)), Err(100));
        assert_eq!(allowance.spend("one", 2, at(86_500)), Ok(()));
        assert!(allowance.spend("one", 0, at(999_999)).is_err());
    }
}
