//! What is wrong with a certificate, in words for people.

use std::error::Error;

use rustls::CertificateError;

/// Why the other side is not believed to be who it should be; `None` where that is not what went wrong.
pub(super) fn refused(why: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(why);
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(what)) = error.downcast_ref() {
            return Some(in_words(what));
        }
        // an I/O error hides what it carries from `source`, and may carry another one
        let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    None
}

fn in_words(what: &CertificateError) -> String {
    let words = match what {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name"
        }
        CertificateError::UnknownIssuer => "its certificate is from nobody that this machine trusts",
        // what a machine made for itself in one step
        CertificateError::Other(why) if why.to_string().contains("CaUsedAsEndEntity") => {
            "its certificate is from nobody that this machine trusts"
        }
        CertificateError::Revoked => "its certificate was revoked",
        _ => "its certificate is not acceptable",
    };
    words.to_owned()
}

/// What a person can do about it.
pub(super) const ADVICE: &str = "Something else than MightyCall may be answering; nothing was sent. Check the base URL and \
     this machine's clock. Where your network inspects traffic, have its authority installed, or name its file in \
     SSL_CERT_FILE.";
