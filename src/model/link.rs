//! What in a text leads somewhere: web addresses, e-mail addresses, phone numbers.
//!
//! Ranges are those of the text that is given, so it is to be given as it is shown (see [`super::text::safe_text`]).
//! Nothing here opens anything: [`Link::target`] is made from the text alone and has one of four schemes.

mod boundaries;
mod phones;

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use reqwest::Url;

use super::phone::{Address, plain_char};
use super::text::MAX_SHOWN;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// A page: the whole address, its host as the network knows it (`xn--…` where it is not ASCII).
    Page(String),
    /// Somebody's mailbox.
    Mail(String),
    /// A number that can be called or written to.
    Phone(Address),
}

/// A part of a text that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which bytes of the text.
    pub range: Range<usize>,
    /// Where it leads.
    pub goal: Goal,
}

impl Link {
    /// What a program that opens links is given: `https:`, `http:`, `mailto:` or `tel:` and nothing else.
    pub fn target(&self) -> String {
        match &self.goal {
            Goal::Page(url) => url.clone(),
            Goal::Mail(address) => format!("mailto:{address}"),
            Goal::Phone(address) => format!("tel:{}", address.as_str()),
        }
    }

    /// The host of a page as the network knows it, where the text shows another one: letters of another script can look
    /// like those of a name that one trusts.
    pub fn disguised(&self, text: &str) -> Option<String> {
        let Goal::Page(url) = &self.goal else { return None };
        let host = Url::parse(url).ok()?.host_str()?.to_owned();
        let shown = text.get(self.range.clone())?.to_ascii_lowercase();
        (host.contains("xn--") || !shown.contains(&host)).then_some(host)
    }
}

/// Whether this is a target that [`Link::target`] can have made: what is to be opened is looked at once more.
pub fn may_be_opened(target: &str) -> bool {
    let clean = target.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    clean && Url::parse(target).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel"))
}

/// The links of a text, in its order; none overlaps another.
pub fn links(text: &str) -> Vec<Link> {
    if text.len() > MAX_SHOWN * 4 || !may_have_some(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url, LinkKind::Email]).url_must_have_scheme(false);
    for part in boundaries::parts(text) {
        for link in finder.links(&text[part.clone()]) {
            let is_mail = *link.kind() == LinkKind::Email;
            let within = boundaries::within(link.as_str(), is_mail);
            let shown = &link.as_str()[within.clone()];
            let goal = if is_mail { mail(shown) } else { page(shown) };
            let start = part.start + link.start() + within.start;
            found.extend(goal.map(|goal| Link { range: start..start + shown.len(), goal }));
        }
    }
    let taken: Vec<Range<usize>> = found.iter().map(|link| link.range.clone()).collect();
    let free = |range: &Range<usize>| taken.iter().all(|other| range.end <= other.start || other.end <= range.start);
    found.extend(phones::phones(text).into_iter().filter(|link| free(&link.range)));
    found.sort_by_key(|link| link.range.start);
    found
}

/// Most texts have none, and this is seen at a glance.
fn may_have_some(text: &str) -> bool {
    let is_other_digit = |c: char| !c.is_ascii() && plain_char(c).is_some_and(|c| c.is_ascii_digit());
    text.bytes().any(|byte| matches!(byte, b'.' | b':' | b'@' | b'0'..=b'9')) || text.chars().any(is_other_digit)
}

fn mail(text: &str) -> Option<Goal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@.+-_'".contains(&byte));
    let whole = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    (plain && whole).then(|| Goal::Mail(text.to_owned()))
}

fn page(text: &str) -> Option<Goal> {
    let whole = if text.contains("://") {
        text.to_owned()
    } else if is_likely_host(text) {
        format!("https://{text}")
    } else {
        return None;
    };
    let url = Url::parse(&whole).ok()?;
    let host = url.host_str()?;
    // a name and password before the host hide where it leads
    let open = url.username().is_empty() && url.password().is_none();
    (open && matches!(url.scheme(), "http" | "https") && !host.is_empty()).then(|| Goal::Page(url.to_string()))
}

/// "ok.then" is no address and "shop.example.com" is one: without `www.` or a path the last part must be one of those that
/// people write.
fn is_likely_host(text: &str) -> bool {
    const USUAL: [&str; 22] = [
        "com", "net", "org", "info", "biz", "gov", "edu", "us", "ca", "uk", "de", "fr", "es", "it", "nl", "eu", "io",
        "app", "dev", "link", "example", "ly",
    ];
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    host.starts_with("www.") || USUAL.contains(&last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn targets(text: &str) -> Vec<String> {
        links(text).iter().map(Link::target).collect()
    }

    #[rstest]
    #[case("see https://shop.example.com/a?b=1.", &["https://shop.example.com/a?b=1"])]
    #[case("(www.example.com)", &["https://www.example.com/"])]
    #[case("pay at bill.example.com/7 today", &["https://bill.example.com/7"])]
    #[case("ok.then we go", &[])]
    #[case("file:///etc/passwd javascript:alert(1) ftp://example.com", &[])]
    #[case("https://user:word@example.com/", &[])]
    #[case("write to dana@example.com!", &["mailto:dana@example.com"])]
    #[case("call (202) 555-0147 or 202.555.0148", &["tel:+12025550147", "tel:+12025550148"])]
    #[case("https://example.com/2025550147", &["https://example.com/2025550147"])]
    #[case("one http://a.example two b@example.com three +1 202 555 0199", &["http://a.example/", "mailto:b@example.com", "tel:+12025550199"])]
    #[case("nothing here", &[])]
    #[case("詳しくはhttps://shop.example.com/予約。または", &["https://shop.example.com/%E4%BA%88%E7%B4%84"])]
    #[case("（https://example.com/a）、「www.example.com」！", &["https://example.com/a", "https://www.example.com/"])]
    #[case("https://a.example、https://b.example，c@example.com；", &["https://a.example/", "https://b.example/", "mailto:c@example.com"])]
    #[case("https://ja.example.com/wiki/ジョン・スミス", &["https://ja.example.com/wiki/%E3%82%B8%E3%83%A7%E3%83%B3%E3%83%BB%E3%82%B9%E3%83%9F%E3%82%B9"])]
    #[case("look: https://example.com/x… and www.example.com…", &["https://example.com/x", "https://www.example.com/"])]
    #[case("example.com’s hours, https://example.com/menu’s end, https://example.com's", &["https://example.com/", "https://example.com/menu", "https://example.com/"])]
    #[case("‘https://example.com/a’ “https://example.com/b” «https://example.com/c»", &["https://example.com/a", "https://example.com/b", "https://example.com/c"])]
    #[case("https://example.com/x—or https://example.com/1–2 or https://example.com/y –", &["https://example.com/x", "https://example.com/1%E2%80%932", "https://example.com/y"])]
    #[case("https://example.com/a؟ https://example.com/b। https://example.com/c،", &["https://example.com/a", "https://example.com/b", "https://example.com/c"])]
    #[case("メールはdana@example.comです", &["mailto:dana@example.com"])]
    #[case("https://example.com/it’sfine", &["https://example.com/it%E2%80%99sfine"])]
    fn finds(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(targets(text), expected);
    }

    #[test]
    fn tells_the_host_behind_letters_that_look_alike() {
        // the first letter is Cyrillic
        let text = "log in at https://\u{430}pple.example/x now";
        let found = links(text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].disguised(text).is_some_and(|host| host.starts_with("xn--")), "{found:?}");
        let honest = "https://Shop.Example.com/x";
        assert_eq!(links(honest)[0].disguised(honest), None);
    }

    #[rstest]
    #[case("https://example.com/", true)]
    #[case("tel:+12025550147", true)]
    #[case("mailto:a@example.com", true)]
    #[case("file:///etc/passwd", false)]
    #[case("--help", false)]
    #[case("https://example.com/\u{7}", false)]
    #[case("https://example.com/ x", false)]
    fn opens_four_schemes_alone(#[case] target: &str, #[case] may: bool) {
        assert_eq!(may_be_opened(target), may);
    }

    proptest! {
        #[test]
        fn ranges_lie_in_the_text_and_apart(text in "[a-c0-9 .:/@()+\n\u{430}-]{0,80}|.{0,60}") {
            let found = links(&text);
            let mut end = 0;
            for link in &found {
                prop_assert!(link.range.start >= end && text.get(link.range.clone()).is_some());
                prop_assert!(may_be_opened(&link.target()), "{}", link.target());
                end = link.range.end;
            }
        }
    }
}
