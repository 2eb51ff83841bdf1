//! Who answers over TLS must be who they say: else nothing but a handshake leaves, and the words tell what to do.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::common::program::Program;

const KEY: &str = "demo-key-over-tls-1";

/// What a certificate says of the server on 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certificate {
    Right,
    SelfSigned,
    OfAStranger,
    OtherName,
    Expired,
    NotYet,
}

#[derive(Default)]
struct Seen {
    handshakes_refused: usize,
    /// All that came through, decrypted.
    said: Vec<u8>,
}

struct Server {
    base: String,
    seen: Arc<Mutex<Seen>>,
    /// The authority that the program is told to trust.
    authority: PathBuf,
    _folder: tempfile::TempDir,
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl Server {
    async fn start(certificate: Certificate) -> Self {
        let trusted = authority("Demo Authority");
        let name = if certificate == Certificate::OtherName { "mightycall.example" } else { "127.0.0.1" };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        match certificate {
            Certificate::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Certificate::NotYet => params.not_before = date_time_ymd(2999, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate().unwrap();
        let signed = match certificate {
            Certificate::SelfSigned => params.self_signed(&key),
            Certificate::OfAStranger => params.signed_by(&key, &authority("Stranger")),
            _ => params.signed_by(&key, &trusted),
        };
        let chain = vec![signed.unwrap().der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        std::fs::write(&authority, trusted.pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("https://{}/v4", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Seen>>::default();
        tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(config)), seen.clone()));
        Self { base, seen, authority, _folder: folder }
    }

    fn program(&self) -> Program {
        let program = crate::private_home()
            .with("MIGHTYCALL_BASE_URL", &self.base)
            .with("SSL_CERT_FILE", self.authority.to_str().unwrap());
        program.configure(&format!("[[numbers]]\nphone = \"+12025550101\"\nkey = \"{KEY}\"\n"));
        program
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, seen: Arc<Mutex<Seen>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, seen) = (acceptor.clone(), seen.clone());
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                seen.lock().unwrap().handshakes_refused += 1;
                return;
            };
            let mut bytes = [0; 4_096];
            while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                seen.lock().unwrap().said.extend_from_slice(&bytes[..count]);
                if stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await.is_err() {
                    return;
                }
            }
        });
    }
}

#[rstest]
#[case(Certificate::SelfSigned, "certificate")]
#[case(Certificate::OfAStranger, "from nobody that this machine trusts")]
#[case(Certificate::OtherName, "for another name")]
#[case(Certificate::Expired, "expired")]
#[case(Certificate::NotYet, "not valid yet")]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_certificate_gets_nothing(#[case] certificate: Certificate, #[case] says: &str) {
    let server = Server::start(certificate).await;
    let program = server.program();
    let doctor = program.run(&["doctor"]).await;
    assert_eq!(doctor.code, 5, "{doctor:?}");
    assert!(doctor.out.contains(says) && doctor.out.contains("SSL_CERT_FILE"), "{doctor:?}");
    program.run(&["send", "--no-wait", "--to", "2025550147", "Is the fence done?"]).await.says(0, "");
    let sync = program.run(&["sync"]).await;
    assert!(sync.code != 0, "{sync:?}");
    let message = &program.json(&["messages", "2025550147"]).await[0];
    assert_eq!(message["delivery"], "queued", "it was not sent and will be, once who answers is right: {message}");
    let seen = server.seen.lock().unwrap();
    assert!(seen.handshakes_refused > 0);
    assert_eq!(String::from_utf8_lossy(&seen.said), "", "nothing but a handshake may leave");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_certificate_gets_the_key() {
    let server = Server::start(Certificate::Right).await;
    let sync = server.program().run(&["sync"]).await;
    assert!(sync.code != 0, "403: {sync:?}");
    let seen = server.seen.lock().unwrap();
    assert!(String::from_utf8_lossy(&seen.said).contains(&format!("x-api-key: {KEY}")));
    assert_eq!(seen.handshakes_refused, 0);
}
