//! The fields that a record of a message may have.

use serde::Deserialize;

use super::super::wire::{Maybe, Parties, Party, Text, Truth};
use super::client::Client;
use super::files::File;

/// All names that `mightycall-api.md`, sections 7 and 17, list for records of the journal and of the message list. Keys are plain.
#[derive(Debug, Deserialize)]
pub(super) struct Wire {
    // ids
    #[serde(default)]
    pub(super) id: Maybe<Text>,
    #[serde(default)]
    pub(super) messageid: Maybe<Text>,
    #[serde(default)]
    pub(super) requestguid: Maybe<Text>,
    #[serde(default)]
    pub(super) guid: Maybe<Text>,
    #[serde(default)]
    pub(super) requestid: Maybe<Text>,
    // what it is
    #[serde(default, rename = "type")]
    pub(super) kind: Maybe<String>,
    #[serde(default)]
    pub(super) requesttype: Maybe<String>,
    #[serde(default)]
    pub(super) direction: Maybe<String>,
    #[serde(default)]
    pub(super) messageorigin: Maybe<String>,
    #[serde(default)]
    pub(super) origin: Maybe<String>,
    // when
    #[serde(default)]
    pub(super) created: Maybe<Text>,
    #[serde(default)]
    pub(super) createdat: Maybe<Text>,
    #[serde(default)]
    pub(super) timestamp: Maybe<Text>,
    #[serde(default)]
    pub(super) datetimeutc: Maybe<Text>,
    #[serde(default)]
    pub(super) date: Maybe<Text>,
    #[serde(default)]
    pub(super) datetime: Maybe<Text>,
    #[serde(default)]
    pub(super) createdutc: Maybe<Text>,
    #[serde(default)]
    pub(super) sentat: Maybe<Text>,
    #[serde(default)]
    pub(super) receivedat: Maybe<Text>,
    #[serde(default)]
    pub(super) time: Maybe<Text>,
    // who
    #[serde(default)]
    pub(super) businessnumber: Maybe<Party>,
    #[serde(default)]
    pub(super) client: Maybe<Client>,
    #[serde(default)]
    pub(super) contact: Maybe<Client>,
    #[serde(default)]
    pub(super) clientname: Maybe<Text>,
    #[serde(default)]
    pub(super) contactname: Maybe<Text>,
    #[serde(default)]
    pub(super) from: Maybe<Parties>,
    #[serde(default)]
    pub(super) fromnumber: Maybe<Parties>,
    #[serde(default)]
    pub(super) caller: Maybe<Parties>,
    #[serde(default)]
    pub(super) to: Maybe<Parties>,
    #[serde(default)]
    pub(super) tonumber: Maybe<Parties>,
    #[serde(default)]
    pub(super) called: Maybe<Parties>,
    #[serde(default)]
    pub(super) agent: Maybe<Party>,
    #[serde(default)]
    pub(super) users: Maybe<Vec<Maybe<Party>>>,
    // what it says
    #[serde(default)]
    pub(super) textmodel: Maybe<Said>,
    #[serde(default)]
    pub(super) text: Maybe<Said>,
    #[serde(default)]
    pub(super) messageinfo: Maybe<Said>,
    #[serde(default)]
    pub(super) message: Maybe<Said>,
    #[serde(default)]
    pub(super) body: Maybe<Said>,
    #[serde(default)]
    pub(super) content: Maybe<Said>,
    // how far it came
    #[serde(default)]
    pub(super) messagedeliverystatus: Maybe<String>,
    #[serde(default)]
    pub(super) deliverystatus: Maybe<String>,
    #[serde(default)]
    pub(super) status: Maybe<String>,
    #[serde(default)]
    pub(super) failurereason: Maybe<String>,
    #[serde(default)]
    pub(super) errormessage: Maybe<String>,
    #[serde(default)]
    pub(super) error: Maybe<String>,
    // what came with it
    #[serde(default)]
    pub(super) attachments: Maybe<Vec<Maybe<File>>>,
    #[serde(default)]
    pub(super) mmsattachments: Maybe<Vec<Maybe<File>>>,
    #[serde(default)]
    pub(super) media: Maybe<Vec<Maybe<File>>>,
    #[serde(default)]
    pub(super) mediaurls: Maybe<Vec<Maybe<File>>>,
    // what is noted beside it
    #[serde(default)]
    pub(super) read: Maybe<Truth>,
    #[serde(default)]
    pub(super) isread: Maybe<Truth>,
    #[serde(default)]
    pub(super) favorite: Maybe<Truth>,
    #[serde(default)]
    pub(super) isfavorite: Maybe<Truth>,
    #[serde(default)]
    pub(super) comment: Maybe<Text>,
    #[serde(default)]
    pub(super) wfstate: Maybe<Workflow>,
    #[serde(default)]
    pub(super) workflowstate: Maybe<Workflow>,
}

/// A text, or an object around one. `messageInfo`, the internal record of a message, tells more (grade C).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Said {
    Bare(Text),
    Fields(Box<SaidFields>),
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct SaidFields {
    #[serde(default)]
    text: Maybe<Text>,
    #[serde(default)]
    body: Maybe<Text>,
    #[serde(default)]
    message: Maybe<Text>,
    #[serde(default)]
    pub(super) attachments: Maybe<Vec<Maybe<File>>>,
    #[serde(default)]
    pub(super) origin: Maybe<String>,
    #[serde(default)]
    pub(super) deliverystatus: Maybe<String>,
}

impl Said {
    /// The text, and the rest.
    pub(super) fn split(self) -> (Option<String>, SaidFields) {
        match self {
            Self::Bare(text) => (Some(text.into_string()), SaidFields::default()),
            Self::Fields(mut fields) => {
                let texts = [&mut fields.text, &mut fields.body, &mut fields.message].map(std::mem::take);
                (texts.into_iter().find_map(Maybe::get).map(Text::into_string), *fields)
            }
        }
    }
}

/// `{"state": …}`, or the word alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Workflow {
    Bare(String),
    Fields {
        #[serde(default)]
        state: Maybe<String>,
    },
}

impl Workflow {
    pub(super) fn word(self) -> Option<String> {
        match self {
            Self::Bare(word) => Some(word),
            Self::Fields { state } => state.get(),
        }
    }
}
