//! How requests come into the ledger, and what is done where it cannot be written.

use tokio::time::Instant;

use super::{Last, StoreMemory};
use crate::api::{NotAllowed, OverBudget, Purpose};
use crate::store::{Entered, Entry, LedgerError};
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
            "the count of requests {path} was damaged ({detail}) and lies in {aside} now. How many were made is not known: \
             reading goes on in 24 hours, sending at once. If few were made since yesterday, `rm '{path}'*` begins at zero"
        ));
        Ok(())
    }

    async fn enter_once(&self, key: &str, limit: u32) -> Result<Entered, LedgerError> {
        self.begin(key).await?;
        self.correct(key).await?;
        let (wall, now) = (self.clock.now().as_millisecond(), Instant::now());
        let (reading, latest) = {
            let clock = self.service_clock();
            (clock.read(wall, now), clock.latest(wall, now))
        };
        let unentered = self.keys().get_mut(key).map(|known| std::mem::take(&mut known.unentered)).unwrap_or_default();
        let entry = Entry {
            key: key.to_owned(),
            service: self.service.clone(),
            now: reading.now,
            latest,
            at_least: reading.at_least,
            is_proven: reading.is_proven,
            is_behind: reading.at_least.is_some_and(|at_least| wall.saturating_add(reading.ahead + MARGIN) < at_least),
            ahead: reading.ahead,
            limit,
            unentered: unentered.clone(),
        };
        let entered = self.ledger.enter(entry).await;
        if entered.is_err() {
            self.keys().entry(key.to_owned()).or_default().unentered.extend(unentered);
        }
        entered
    }

    /// Takes up what earlier processes left of a key that is new here. What they entered is as much in doubt as what is
    /// entered by now.
    pub(super) async fn begin(&self, key: &str) -> Result<(), LedgerError> {
        if self.keys().get(key).is_some_and(|known| known.has_begun) {
            return Ok(());
        }
        self.take_over(key).await?;
        let stored = self.ledger.service_clock(key, &self.service).await?;
        let reading = {
            let mut clock = self.service_clock();
            clock.recall(stored, Instant::now());
            clock.read(self.clock.now().as_millisecond(), Instant::now())
        };
        let correction = Correction { now: reading.now, shift: 0, ahead: reading.ahead };
        let mut keys = self.keys();
        let known = keys.entry(key.to_owned()).or_default();
        if !std::mem::replace(&mut known.has_begun, true) {
            known.uncorrected.extend(Some(correction).filter(|_| reading.is_proven));
        }
        Ok(())
    }

    /// Moves what the cache counts to the ledger.
    async fn take_over(&self, key: &str) -> Result<(), LedgerError> {
        let former = self.store.former_requests(key, &self.service).await?;
        if former.is_empty() {
            return Ok(());
        }
        let of_a_day = former.of_a_day(self.ledger_now());
        {
            let mut keys = self.keys();
            let known = keys.entry(key.to_owned()).or_default();
            // where the ledger cannot be written, earlier programs may have left these for the same reason
            known.used = known.used.max(of_a_day);
        }
        self.ledger.take_over(key, former.clone()).await?;
        if let Err(why) = self.store.forget_requests(former).await {
            tracing::warn!(%why, "requests that the ledger counts by now stay in the cache, too");
        }
        Ok(())
    }

    /// Puts the times of earlier requests right, where an answer has shown that they are not.
    pub(super) async fn correct(&self, key: &str) -> Result<(), LedgerError> {
        let due = self.keys().get_mut(key).map(|known| std::mem::take(&mut known.uncorrected)).unwrap_or_default();
        for (done, &Correction { now, shift, ahead }) in due.iter().enumerate() {
            if let Err(why) = self.ledger.correct(&self.service, key, now, shift, ahead).await {
                let mut keys = self.keys();
                // before those that came meanwhile
                keys.entry(key.to_owned()).or_default().uncorrected.splice(0..0, due[done..].iter().copied());
                return Err(why);
            }
        }
        Ok(())
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

    /// Enters what could not be entered when it was made.
    pub(super) async fn enter_unentered(&self) {
        let owed: Vec<(String, Vec<i64>)> = {
            let mut keys = self.keys();
            keys.iter_mut().map(|(key, known)| (key.clone(), std::mem::take(&mut known.unentered))).collect()
        };
        for (key, made) in owed.into_iter().filter(|(_, made)| !made.is_empty()) {
            let count = made.len();
            // first to where nothing holds it up: who ends does not wait for long
            let entered = match self.store.keep_requests(&key, made.clone()).await {
                Ok(()) => self.take_over(&key).await,
                Err(_) => self.ledger.enter_later(&key, made).await,
            };
            if let Err(why) = entered {
                tracing::warn!(%why, count, "requests were made that the ledger does not know yet");
            }
        }
    }
}
