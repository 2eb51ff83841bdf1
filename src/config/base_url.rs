//! The service's address, made safe (`mightycall-api.md`, section 2).

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// Where the service answers: scheme, host and path up to the version, without a slash and without `/api` at the end.
///
/// Paths below it are written in full ([`BaseUrl::join`]): `/api/…` for operations, `/auth/token` for tokens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(String);

/// Why a text cannot be the service's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Nothing but blanks.
    #[error("the base URL is empty; leave it out for {PRODUCTION}")]
    Empty,
    /// `ccapi.mightycall.com/v4`.
    #[error("the base URL “{0}” does not say how to connect; write https://{0}")]
    NoScheme(String),
    /// `ftp://…`.
    #[error("the base URL starts with {0}://; MightyCall answers over https://")]
    WrongScheme(String),
    /// Keys would cross the network in the clear.
    #[error("the base URL uses http:// and {0} is not this machine: keys would travel unprotected; write https://")]
    Unprotected(String),
    /// A name and password before the host.
    #[error("the base URL has a user name or password in it; keys have their own settings")]
    Userinfo,
    /// `?x=1` or `#x`.
    #[error("the base URL has a “?” or “#” part, which would break every path after it; leave it out")]
    Tail,
    /// Anything else that is no URL.
    #[error("“{0}” is not a URL ({1}); the usual one is {PRODUCTION}")]
    NotAUrl(String, String),
}

/// The production service [A, B].
pub const PRODUCTION: &str = "https://ccapi.mightycall.com/v4";

impl BaseUrl {
    /// Reads an address. Slashes at the end and a last `/api`, in any case, are cut off, so that every usual spelling of
    /// one service is equal.
    ///
    /// # Errors
    ///
    /// An address without scheme, plain HTTP to another machine, credentials and queries are refused.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        let shown = || text.chars().take(80).collect::<String>();
        if text.is_empty() {
            return Err(BaseUrlError::Empty);
        }
        if !text.contains("://") {
            return Err(BaseUrlError::NoScheme(shown()));
        }
        let url = Url::parse(text).map_err(|why| BaseUrlError::NotAUrl(shown(), why.to_string()))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&host) => {}
            "http" => return Err(BaseUrlError::Unprotected(host)),
            other => return Err(BaseUrlError::WrongScheme(other.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::Userinfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Tail);
        }
        Ok(Self(without_api(url.as_str()).to_owned()))
    }

    /// The address without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host with its port, in lower case, such as `ccapi.mightycall.com`.
    pub fn authority(&self) -> &str {
        let after = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        after.split('/').next().unwrap_or_default()
    }

    /// The URL of a path that starts with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

fn without_api(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    match url.len().checked_sub(4).and_then(|at| Some((url.get(..at)?, url.get(at..)?))) {
        Some((base, end)) if end.eq_ignore_ascii_case("/api") && !base.ends_with('/') => base.trim_end_matches('/'),
        _ => url,
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self(PRODUCTION.to_owned())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://ccapi.mightycall.com/v4", "https://ccapi.mightycall.com/v4")]
    #[case(" https://ccapi.mightycall.com/v4// ", "https://ccapi.mightycall.com/v4")]
    #[case("http://127.0.0.1:8080/v4/", "http://127.0.0.1:8080/v4")]
    #[case("http://[::1]:8080", "http://[::1]:8080")]
    #[case("http://localhost:9/api/", "http://localhost:9")]
    #[case("https://api.mightycall.com/v4/api", "https://api.mightycall.com/v4")]
    #[case("https://API.mightycall.com/v4/API//", "https://api.mightycall.com/v4")]
    #[case("https://sandbox.mightycall.com/v4/myapi", "https://sandbox.mightycall.com/v4/myapi")]
    #[case("https://api", "https://api")]
    fn reads(#[case] text: &str, #[case] base: &str) {
        assert_eq!(BaseUrl::parse(text).unwrap().as_str(), base);
    }

    #[rstest]
    #[case("", "is empty")]
    #[case("ccapi.mightycall.com/v4", "write https://ccapi.mightycall.com/v4")]
    #[case("http://ccapi.mightycall.com/v4", "unprotected")]
    #[case("ftp://ccapi.mightycall.com", "ftp")]
    #[case("https://", "not a URL")]
    #[case("https://user:demo@host/v4", "user name or password")]
    #[case("https://host/v4?x=1", "“?”")]
    fn refuses_with_what_to_do(#[case] text: &str, #[case] says: &str) {
        let error = BaseUrl::parse(text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }

    #[rstest]
    #[case("http://localhost:9/v4", "/auth/token", "http://localhost:9/v4/auth/token")]
    #[case("http://localhost:9/v4/api", "/auth/token", "http://localhost:9/v4/auth/token")]
    #[case("http://localhost:9/v4/", "/api/ping", "http://localhost:9/v4/api/ping")]
    #[case("http://localhost:9/api", "/api/ping", "http://localhost:9/api/ping")]
    fn joins(#[case] base: &str, #[case] path: &str, #[case] url: &str) {
        assert_eq!(BaseUrl::parse(base).unwrap().join(path), url);
    }

    #[rstest]
    #[case("https://CCAPI.mightycall.com/v4", "ccapi.mightycall.com")]
    #[case("http://127.0.0.1:8484/v4", "127.0.0.1:8484")]
    #[case("http://[::1]:8080", "[::1]:8080")]
    fn tells_the_host(#[case] base: &str, #[case] host: &str) {
        assert_eq!(BaseUrl::parse(base).unwrap().authority(), host);
    }
}
