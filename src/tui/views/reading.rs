//! Whether what a window has read of the cache is still so. It is read again when the cache has changed, one reading at
//! a time: a sync changes much, and a long list takes a while.

/// How a window's reading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reading {
    /// Under way, as when the window opens.
    #[default]
    Asked,
    /// Under way, and the cache has changed since.
    Overtaken,
    /// Done, and nothing has changed.
    Fresh,
}

impl Reading {
    /// The cache has changed; says whether to ask now.
    pub(crate) fn changed(&mut self) -> bool {
        let ask = *self == Self::Fresh;
        *self = if ask { Self::Asked } else { Self::Overtaken };
        ask
    }

    /// The answer has come; says whether to ask again.
    pub(crate) fn answered(&mut self) -> bool {
        let ask = *self == Self::Overtaken;
        *self = if ask { Self::Asked } else { Self::Fresh };
        ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_never_behind() {
        let mut reading = Reading::default();
        assert!(!reading.changed() && !reading.changed(), "one is under way");
        assert!(reading.answered(), "it was overtaken");
        assert!(!reading.answered() && reading.changed());
    }
}
