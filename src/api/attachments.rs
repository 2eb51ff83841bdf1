//! The files that came with a message: `GET …/journal/requests/{id}/mmsAttachments`, and where each of them lies.

use reqwest::Url;

use super::archive::{ArchivedFile, Files};
use super::auth::Credentials;
use super::envelope::Not;
use super::error::{Asked, Error, Words};
use super::path_search::Search;
use super::read::{Found, Led, Read};
use super::routes::{Operation, SchemeName};
use super::transport::Body;
use super::words::Secrets;
use super::{Client, Purpose, archive};
use crate::model::Attachment;

/// Where a file lies.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// With the service: keys go there, and the budget counts it.
    Service(String),
    /// At another host: no key goes there.
    Elsewhere(String),
}

impl Client {
    /// What came with the message that has this id in the journal: addresses, or the files themselves where the service gives
    /// them as one archive, as is documented (section 7, grade A). At most 100 files and 25 MiB unpacked.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] where the archive is broken or holds more; [`Error::NoPath`] where the account has no such
    /// path; [`Error::Refused`] with a code where there is no such message.
    pub async fn message_files(&self, who: &Credentials, remote_id: &str) -> Result<MessageFiles, Error> {
        let (operation, scheme) = (Operation::Attachments, SchemeName::of(who));
        let mut token = self.token(who, Purpose::Read).await?;
        let mut search = Search::new(operation);
        for route in self.0.routes.candidates(operation, scheme) {
            let path = format!("{}/{}/mmsAttachments", route.full(), segment(remote_id));
            // the id is nobody's business but the service's
            let asked = Asked { method: "GET", path: format!("{}/…/mmsAttachments", route.full()) };
            let place = (asked.clone(), self.0.base.join(&path));
            let read = match self.read_at(who, &mut token, place, &[], Body::File).await? {
                Led::Found(Found::Here(read)) => read,
                Led::Found(Found::NotHere(words)) => {
                    search.not_here(route, words);
                    continue;
                }
                Led::Elsewhere(url) => {
                    let body = self.0.transport.fetch_elsewhere(&url).await?;
                    Read { asked, status: 200, body, secrets: Secrets::default() }
                }
            };
            let Some(read) = self.or_page(who, &mut search, route, read) else { continue };
            let came = came(read).await?;
            self.found(who, operation, route);
            return Ok(came);
        }
        Err(search.failed())
    }

    /// The bytes of a file, of which there is a limit. From the service itself it is asked for as everything is; from
    /// another host without any key, and over HTTPS alone.
    pub async fn download(&self, who: &Credentials, url: &str) -> Result<Vec<u8>, Error> {
        let asked = Asked { method: "GET", path: "an attachment".to_owned() };
        let refused = |reason: &str| Error::Unreadable {
            asked: asked.clone(),
            status: 0,
            reason: reason.to_owned(),
            words: Words::none(),
        };
        let place = place(self.0.base.as_str(), url)
            .ok_or_else(|| refused("its address is none that a file is fetched from (https, or MightyCall's own)"))?;
        let elsewhere = match place {
            Place::Elsewhere(url) => url,
            Place::Service(url) => {
                let mut token = self.token(who, Purpose::Read).await?;
                match self.read_at(who, &mut token, (asked.clone(), url), &[], Body::File).await? {
                    Led::Found(Found::Here(read)) => return Ok(read.body),
                    Led::Found(Found::NotHere(words)) => return Err(Error::Refused { asked, status: 404, words }),
                    Led::Elsewhere(url) => url,
                }
            }
        };
        self.0.transport.fetch_elsewhere(&elsewhere).await
    }
}

/// What came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageFiles {
    /// Where each file lies; none where the message has no files.
    Links(Vec<Attachment>),
    /// The files themselves.
    Archive(Vec<ArchivedFile>),
}

async fn came(read: Read) -> Result<MessageFiles, Error> {
    let files = match Files::of(&read.body, &read.secrets) {
        Ok(files) => files,
        Err(not) => return Err(read.not(not)),
    };
    match files {
        Files::Links(links) => Ok(MessageFiles::Links(links)),
        Files::Archive(archive) => {
            // takes a while for a large one
            let unpacked = tokio::task::spawn_blocking(move || archive::unpack(&archive)).await;
            let broken = |_| Err(Not::Readable("its archive cannot be unpacked".to_owned(), Words::none()));
            unpacked.unwrap_or_else(broken).map(MessageFiles::Archive).map_err(|not| read.not(not))
        }
    }
}

/// An id as one segment of a path, whatever is in it.
fn segment(id: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    id.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn place(base: &str, url: &str) -> Option<Place> {
    let base = Url::parse(&format!("{base}/")).ok()?;
    let to = base.join(url.trim()).ok()?;
    if !to.username().is_empty() || to.password().is_some() {
        return None;
    }
    if to.origin() == base.origin() {
        return Some(Place::Service(to.to_string()));
    }
    // an account on this machine has its files there too
    if is_this_machine(&base) && is_this_machine(&to) {
        return Some(Place::Elsewhere(to.to_string()));
    }
    // a record must not make us look into the network that we are in
    (to.scheme() == "https" && is_public(&to)).then(|| Place::Elsewhere(to.to_string()))
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a host goes by a name that the world knows.
pub(super) fn is_public(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let is_number = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
        !is_number && host.trim_end_matches('.').contains('.')
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/v4/files/1/0", Some(Place::Service("https://host.example/v4/files/1/0".into())))]
    #[case("files/1", Some(Place::Service("https://host.example/v4/files/1".into())))]
    #[case("https://host.example/x?y=1", Some(Place::Service("https://host.example/x?y=1".into())))]
    #[case("https://media.example/a.png", Some(Place::Elsewhere("https://media.example/a.png".into())))]
    #[case("//media.example/a.png", Some(Place::Elsewhere("https://media.example/a.png".into())))]
    #[case("http://media.example/a.png", None)]
    #[case("http://host.example/v4/files/1", None)]
    #[case("https://host.example.evil.example/v4/", Some(Place::Elsewhere("https://host.example.evil.example/v4/".into())))]
    #[case("https://key@host.example/v4/", None)]
    #[case("https://127.0.0.1/x", None)]
    #[case("https://[::1]/x", None)]
    #[case("https://localhost/x", None)]
    #[case("file:///etc/passwd", None)]
    #[case("data:text/plain,x", None)]
    fn keys_go_to_the_service_alone(#[case] url: &str, #[case] expected: Option<Place>) {
        assert_eq!(place("https://host.example/v4", url), expected);
    }

    #[rstest]
    #[case("http://127.0.0.1:9/a.png", true)]
    #[case("http://localhost:9/a.png", true)]
    #[case("http://media.example/a.png", false)]
    #[case("http://192.168.0.1/a.png", false)]
    fn an_account_on_this_machine_has_its_files_there(#[case] url: &str, #[case] fetched: bool) {
        assert_eq!(place("http://127.0.0.1:8484/v4", url).is_some(), fetched);
    }

    #[rstest]
    #[case("5f1c-A_9", "5f1c-A_9")]
    #[case("../x?y", "%2E%2E%2Fx%3Fy")]
    fn an_id_stays_one_segment(#[case] id: &str, #[case] written: &str) {
        assert_eq!(segment(id), written);
    }
}
