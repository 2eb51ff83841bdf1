//! How requests come into the ledger, and what is done where it cannot be written.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Known, Last, StoreMemory};
use crate::api::{NotAllowed, OverBudget, Purpose};
use crate::store::{Entered, LedgerError, Reservation};
use crate::sync::service_clock::{Correction, MARGIN};

impl StoreMemory {
    /// Enters a request. A damaged ledger is set aside first.
    pub(super) async fn enter(&self, key: &str, limit: u32) -> Result<Entered, LedgerError> {
        match self.enter_once(key, limit).await {
            Err(LedgerError::Damaged { detail, .. }) => {
                self.set_aside(key, &detail).await?;
                self.enter_once(key, limit).await
            }
            done => done,
        }
    }

    /// Nobody can tell how many requests a damaged ledger counted. All that the day has for reading are taken as made just
    /// now: so the budget holds, and sending goes on from its reserve.
    async fn set_aside(&self, key: &str, detail: &str) -> Result<(), LedgerError> {
        let used = self.keys().get(key).map_or(0, |known| known.used);
        let made = self.limits.reading_requests().max(used);
        let reading = self.service_clock().read(self.clock.now().as_millisecond(), Instant::now());
        let Some(aside) = self.ledger.set_aside(key, reading.now, reading.is_proven, made).await? else {
            return Ok(());
        };
        let (path, aside) = (self.ledger.path(key), aside.display().to_string());
        let path = path.display();
        tracing::error!(%path, detail, aside, "the count of requests was damaged, and is set aside");
        self.keys().entry(key.to_owned()).or_default().loss = Some(format!(
            "the count of requests {path} was damaged ({detail}) and has been moved to {aside}. mctui cannot tell how many \
             requests were made, so reading resumes in 24 hours; sending still works. If you made few since yesterday, \
             `rm '{path}'*` resets the count"
        ));
        Ok(())
    }

    async fn enter_once(&self, key: &str, limit: u32) -> Result<Entered, LedgerError> {
        self.load_key(key).await?;
        self.correct(key).await?;
        self.enter_late(key).await?;
        let (wall, now) = (self.clock.now().as_millisecond(), Instant::now());
        let (reading, latest) = {
            let clock = self.service_clock();
            (clock.read(wall, now), clock.latest(wall, now))
        };
        let reservation = Reservation {
            key: key.to_owned(),
            service: self.service.clone(),
            now: reading.now,
            latest,
            at_least: reading.at_least,
            is_proven: reading.is_proven,
            is_behind: reading.at_least.is_some_and(|at_least| wall.saturating_add(reading.ahead + MARGIN) < at_least),
            ahead: reading.ahead,
            limit,
        };
        self.ledger.enter(reservation).await
    }

    /// Takes up what earlier processes left of a key that is new here. What they entered is as much in doubt as what is
    /// entered by now.
    pub(super) async fn load_key(&self, key: &str) -> Result<(), LedgerError> {
        if self.keys().get(key).is_some_and(|known| known.is_loaded) {
            return Ok(());
        }
        self.take_over(key).await?;
        let stored = self.ledger.service_clock(key, &self.service).await?;
        let reading = {
            let mut clock = self.service_clock();
            clock.restore(stored, Instant::now());
            clock.read(self.clock.now().as_millisecond(), Instant::now())
        };
        let correction = Correction { now: reading.now, shift: 0, ahead: reading.ahead };
        let mut keys = self.keys();
        let known = keys.entry(key.to_owned()).or_default();
        if !std::mem::replace(&mut known.is_loaded, true) {
            known.uncorrected.extend(Some(correction).filter(|_| reading.is_proven));
        }
        Ok(())
    }

    /// Moves what the cache counts to the ledger.
    async fn take_over(&self, key: &str) -> Result<(), LedgerError> {
        let legacy = self.store.legacy_requests(key, &self.service).await?;
        if legacy.is_empty() {
            return Ok(());
        }
        let of_a_day = legacy.of_a_day(self.ledger_now());
        {
            let mut keys = self.keys();
            let known = keys.entry(key.to_owned()).or_default();
            // where the ledger cannot be written, earlier programs may have left these for the same reason
            known.used = known.used.max(of_a_day);
        }
        self.ledger.take_over(key, legacy.clone()).await?;
        if let Err(why) = self.store.forget_requests(legacy).await {
            tracing::warn!(%why, "requests that the ledger counts by now stay in the cache, too");
        }
        Ok(())
    }

    /// Puts the times of earlier requests right, where an answer has shown that they are not. Carried out once, also where
    /// nobody waits for it any more: what is done twice would shift them twice, and what is dropped would be lost.
    pub(super) async fn correct(&self, key: &str) -> Result<(), LedgerError> {
        if self.keys().get(key).is_none_or(|known| known.uncorrected.is_empty()) {
            return Ok(());
        }
        let (ledger, service, key) = (self.ledger.clone(), self.service.clone(), key.to_owned());
        let (keys, turn) = (self.keys.clone(), Arc::clone(&self.turn));
        let job = self.notes.spawn(async move {
            let _turn = turn.lock().await;
            loop {
                let next = keys.lock().get(&key).and_then(|known| known.uncorrected.first().copied());
                let Some(Correction { now, shift, ahead }) = next else { return Ok(()) };
                ledger.correct(&service, &key, now, shift, ahead).await?;
                // others come behind it, and only who has the turn takes one out
                if let Some(known) = keys.lock().get_mut(&key) {
                    known.uncorrected.remove(0);
                }
            }
        });
        job.await.unwrap_or(Err(LedgerError::Fault))
    }

    /// Enters what could not be entered when it was made; once, as [`Self::correct`] does.
    async fn enter_late(&self, key: &str) -> Result<(), LedgerError> {
        if self.keys().get(key).is_none_or(|known| known.unentered.is_empty()) {
            return Ok(());
        }
        let (ledger, key) = (self.ledger.clone(), key.to_owned());
        let (keys, turn) = (self.keys.clone(), Arc::clone(&self.turn));
        let job = self.notes.spawn(async move {
            let _turn = turn.lock().await;
            let made = keys.lock().get_mut(&key).map(Known::enter).unwrap_or_default();
            let entered = if made.is_empty() { Ok(()) } else { ledger.enter_later(&key, made).await };
            if let Some(known) = keys.lock().get_mut(&key) {
                known.entered(entered.is_ok());
            }
            entered
        });
        job.await.unwrap_or(Err(LedgerError::Fault))
    }

    /// A ledger that cannot be written must not stop a customer's answer: what it costs is counted here, and entered later.
    /// Reading waits, since what it brings could not be stored either.
    pub(super) fn count_unentered(
        &self,
        key: &str,
        purpose: Purpose,
        limit: u32,
        why: &LedgerError,
    ) -> Result<(), NotAllowed> {
        tracing::warn!(%why, "a request could not be entered in the ledger");
        if purpose == Purpose::Read {
            return Err(NotAllowed::Uncounted(why.to_string()));
        }
        let now = self.ledger_now().as_millisecond();
        let mut keys = self.keys();
        let known = keys.entry(key.to_owned()).or_default();
        let used = known.used.saturating_add(u32::try_from(known.unentered.len()).unwrap_or(u32::MAX));
        if used >= limit {
            return Err(OverBudget { used, limit }.into());
        }
        known.unentered.push(now);
        known.last = Some(Last::Unentered);
        Ok(())
    }

    /// The end of the program: what could not be entered is entered, or kept for the next one.
    pub(super) async fn enter_unentered(&self) {
        let _turn = self.turn.lock().await;
        let owed: Vec<(String, Vec<i64>)> =
            self.keys().iter_mut().map(|(key, known)| (key.clone(), known.enter())).collect();
        for (key, made) in owed {
            let count = made.len();
            if count == 0 {
                continue;
            }
            // first to where nothing holds it up: who ends does not wait for long
            let kept = self.store.keep_requests(&key, made.clone()).await.is_ok();
            let entered = if kept { self.take_over(&key).await } else { self.ledger.enter_later(&key, made).await };
            if let Some(known) = self.keys().get_mut(&key) {
                known.entered(kept || entered.is_ok());
            }
            if let Err(why) = entered {
                tracing::warn!(%why, count, "requests were made that the ledger does not know yet");
            }
        }
    }
}

impl Known {
    /// What is to be entered now. It stays until that is done.
    fn enter(&mut self) -> Vec<i64> {
        self.entering = self.unentered.len();
        self.unentered.clone()
    }

    /// Whether that was done.
    fn entered(&mut self, done: bool) {
        let count = std::mem::take(&mut self.entering);
        if done {
            self.unentered.drain(..count);
            self.used = self.used.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }
}
