//! What a person is told, and the whole story behind it.

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Something is done or going on.
    Info,
    /// It goes on, but a person should know.
    Warning,
    /// It did not work.
    Error,
}

/// What lies behind a notice. Texts may be foreign: they are made safe where they are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Story {
    /// What happened.
    pub what: String,
    /// To which number, message or file.
    pub about: Option<String>,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// What a person can do.
    pub advice: Option<String>,
    /// What the program does by itself.
    pub by_itself: Option<String>,
}

impl Story {
    /// A story of which only this is known.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// To what it happened.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self { about: Some(about.into()), ..self }
    }

    /// One more cause, behind those that are told.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        if !cause.is_empty() {
            self.causes.push(cause);
        }
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()).filter(|text| !text.is_empty()), ..self }
    }

    /// What happens without anybody doing anything.
    #[must_use]
    pub fn by_itself(self, what: impl Into<String>) -> Self {
        Self { by_itself: Some(what.into()).filter(|text| !text.is_empty()), ..self }
    }

    /// What happened and what to do, in one line.
    pub fn line(&self) -> String {
        match &self.advice {
            Some(advice) => format!("{}. What to do: {advice}", self.what.trim_end_matches('.')),
            None => self.what.clone(),
        }
    }
}

/// A line for the status line. Texts may be foreign: they are made safe where they are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// All of it; the status line shows as much as fits.
    pub text: String,
    /// What lies behind it, where there is more to tell than the text: one part each.
    pub stories: Vec<Story>,
}

impl Notice {
    /// Something done.
    pub fn info(text: impl Into<String>) -> Self {
        Self { level: Level::Info, text: text.into(), stories: Vec::new() }
    }

    /// Something to know.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { level: Level::Warning, text: text.into(), stories: Vec::new() }
    }

    /// Something that failed.
    pub fn error(text: impl Into<String>) -> Self {
        Self { level: Level::Error, text: text.into(), stories: Vec::new() }
    }

    /// With the story behind it.
    #[must_use]
    pub fn told(mut self, story: Story) -> Self {
        self.stories.push(story);
        self
    }
}
