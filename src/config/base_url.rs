//! The service's address, made safe (`mightycall-api.md`, "Hosts and base URL").

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// Where the service answers: scheme, host and path, without a slash at the end.
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
    /// Reads an address: slashes at the end go; no scheme, plain HTTP to another machine, credentials, queries are refused.
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
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of a path that starts with a slash. A base that ends in `/api` and a path that begins with it share it.
    pub fn join(&self, path: &str) -> String {
        let base = if path.starts_with("/api/") { self.0.strip_suffix("/api").unwrap_or(&self.0) } else { &self.0 };
        format!("{base}{path}")
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
    #[case("http://localhost:9/api/", "http://localhost:9/api")]
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
    #[case("http://localhost:9/v4", "/api/auth/token", "http://localhost:9/v4/api/auth/token")]
    #[case("http://localhost:9/api", "/api/auth/token", "http://localhost:9/api/auth/token")]
    fn joins(#[case] base: &str, #[case] path: &str, #[case] url: &str) {
        assert_eq!(BaseUrl::parse(base).unwrap().join(path), url);
    }
}
