//! Whole requests over a connection in memory: who is let in, and the edges of what is taken.

use super::*;
use crate::clock::SystemClock;
use crate::model::address::Address;
use crate::model::digest::Schedule;
use crate::model::host::Card;
use crate::model::robot::{Policy, Robot};
use crate::model::seal::Seal;
use crate::model::token::{BYTES, Token};
use crate::pipeline::House;
use crate::record::hostkey::Signer;
use crate::store::Store;
use crate::store::events::Cause;
use crate::store::tokens::For;
use crate::web::server;
use crate::write::Wording;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

/// A robot with one member, and his token at web1.
struct Desk {
    _dir: tempfile::TempDir,
    hub: Arc<Hub>,
    rooms: Router,
    token: Token,
}

impl Desk {
    fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let address = |text: &str| Address::parse(text).unwrap();
        let ann = Member {
            login: "ann".into(),
            name: "Ann".into(),
            address: address("ann@desk.example"),
            aliases: Vec::new(),
            words: Vec::new(),
        };
        let robot = Robot {
            address: address("help@desk.example"),
            name: "Help".into(),
            aliases: Vec::new(),
            delimiter: Some('+'),
            returns: true,
            base_url: None,
            list: address("staff@desk.example"),
            also: Vec::new(),
            members: vec![ann],
            trust: Default::default(),
            policy: Policy::default(),
            values: Default::default(),
            seal: Seal::new(vec![[0; 32]]),
        };
        let house = House { robot, wording: Wording::default(), digest: Schedule::never() };
        let store = Store::open(dir.path()).unwrap();
        let hub = Arc::new(Hub::new(store, house, Arc::new(SystemClock)));
        let settings = Settings { state: dir.path().to_owned(), largest: 1 << 25, columns: Vec::new() };
        let rooms = server::plain(rooms(Arc::clone(&hub), settings));
        let token = Token::of(&[7; BYTES]);
        let desk = Desk { _dir: dir, hub, rooms, token };
        desk.grants(&desk.token, "ann", Some("root"));
        desk
    }

    fn cause(&self) -> Cause {
        Cause { actor: "x".into(), proof: "console".into(), intake: None, now: self.hub.now() }
    }

    fn grants(&self, token: &Token, login: &str, user: Option<&str>) -> i64 {
        let wish = For { login, host: "web1", user };
        self.hub.store().transact(|tx| tx.add_token(&token.hash(), wish, &self.cause())).unwrap()
    }

    /// The status of the answer, and all of it.
    async fn says(&self, token: &Token, what: &str, body: &[u8]) -> (u16, String) {
        let (mut ours, theirs) = duplex(64 * 1024);
        let head = format!(
            "{what} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Trackle-Unsent: 3\r\nUser-Agent: trackle/9.9\r\nContent-Length: {}\r\n\r\n",
            token.reveal(),
            body.len()
        );
        let mut answer = String::new();
        let asked = async {
            ours.write_all(head.as_bytes()).await.unwrap();
            // whoever refuses a long body does not read it
            let _ = ours.write_all(body).await;
            let _ = ours.read_to_string(&mut answer).await;
        };
        tokio::join!(server::serve(theirs, self.rooms.clone(), Duration::from_secs(60)), asked);
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or(0), answer)
    }

    async fn status(&self, what: &str, body: &[u8]) -> u16 {
        self.says(&self.token, what, body).await.0
    }
}

#[tokio::test]
async fn edges_of_what_a_host_may_say() {
    let desk = Desk::new();
    let json = |length: usize| {
        let text = "{\"text\":\"x\",\"closed\":false,\"mine\":false}";
        [text.as_bytes(), &vec![b' '; length - text.len()]].concat()
    };
    let lines = |count: usize| format!("{:?}", vec![1; count]).into_bytes();
    for (more, wanted) in [(0, 200), (1, 413)] {
        assert_eq!(desk.status("POST /find", &json(limits::API_BODY + more)).await, wanted);
        assert_eq!(desk.status("POST /lines", &lines(limits::API_LINES + more)).await, wanted);
        // it is no session, but it is read
        let bundle = vec![b'a'; limits::API_BUNDLE + more];
        assert_eq!(desk.status("POST /bundle", &bundle).await, if wanted == 200 { 400 } else { wanted });
    }
    let other = Token::of(&[8; BYTES]);
    desk.grants(&other, "ann", None);
    let mut minute = (0, 0);
    // two minutes have room for this, whenever they begin
    for _ in 0..=limits::API_REQUESTS * 2 {
        match desk.says(&other, "GET /locks", b"").await.0 {
            200 => minute.0 += 1,
            429 => {
                minute.1 += 1;
                break;
            }
            status => panic!("{status}"),
        }
    }
    assert!(minute.0 >= limits::API_REQUESTS && minute.1 == 1, "{minute:?}");
}

#[tokio::test]
async fn a_token_counts_for_a_member_of_staff_until_it_ends() {
    let desk = Desk::new();
    let (status, site) = desk.says(&desk.token, "GET /site", b"").await;
    assert!(
        status == 200 && site.contains("\"login\":\"ann\"") && site.contains("\"host\":\"web1\""),
        "{site}"
    );
    let seen = desk.hub.transact(|tx, _| tx.tokens()).await.unwrap().remove(0);
    assert_eq!((seen.program.as_deref(), seen.unsent), (Some("9.9"), Some(3)));
    assert!(seen.seen.is_some());
    let (status, answer) = desk.says(&Token::of(&[9; BYTES]), "GET /site", b"").await;
    assert!(status == 401 && !answer.contains("ann") && !answer.contains("help@"), "{answer}");
    let gone = Token::of(&[10; BYTES]);
    desk.grants(&gone, "ben", None);
    let (status, answer) = desk.says(&gone, "GET /site", b"").await;
    assert!(status == 403 && answer.contains("no longer on staff"), "{answer}");
    let (cause, now) = (desk.cause(), desk.hub.now());
    desk.hub.transact(move |tx, _| tx.end_token(seen.id, now, &cause)).await.unwrap();
    let (status, answer) = desk.says(&desk.token, "GET /site", b"").await;
    assert!(status == 403 && answer.contains("the token of ann at web1 is revoked"), "{answer}");
}

#[tokio::test]
async fn a_key_is_believed_for_one_user_of_the_tokens_host() {
    let desk = Desk::new();
    let signer = Signer::new(&[5; 32]).unwrap();
    let card = |name: &str, login: Option<&str>, member: Option<&str>| Card {
        name: name.into(),
        login: login.map(str::to_owned),
        member: member.map(str::to_owned),
        key: signer.key(),
        program: "9.9".into(),
    };
    for (card, told) in [
        (card("web2", Some("root"), None), "the token is for web1, and this is web2"),
        (card("web1", None, None), "the token is for root of web1"),
        (card("web1", Some("ben"), None), "the token is for root of web1"),
    ] {
        let (status, answer) = desk.says(&desk.token, "POST /host", signer.card(&card).as_bytes()).await;
        assert!(status == 400 && answer.contains(told), "{answer}");
    }
    let forged = signer.card(&card("web1", Some("root"), None)).replace("9.9", "9.8");
    assert_eq!(desk.status("POST /host", forged.as_bytes()).await, 400);
    // whoever it says that it is for, it is the token's member
    let good = signer.card(&card("web1", Some("root"), Some("boss")));
    for _ in 0..2 {
        assert_eq!(desk.status("POST /host", good.as_bytes()).await, 200);
    }
    let key = signer.key();
    let host = desk.hub.transact(move |tx, _| tx.host(&key)).await.unwrap().unwrap();
    assert_eq!((host.member.as_deref(), host.login.as_deref()), (Some("ann"), Some("root")));
    assert_eq!(host.by, "ann@desk.example");
    // before the token was made: it counts, and yet does not bring the key back
    let cause = Cause { now: desk.hub.now() - SignedDuration::from_secs(10), ..desk.cause() };
    desk.hub.transact(move |tx, _| tx.revoke(&key, &cause)).await.unwrap();
    let (status, answer) = desk.says(&desk.token, "POST /host", good.as_bytes()).await;
    assert!(status == 403 && answer.contains("believed no longer"), "{answer}");
}

#[test]
fn versions_are_words_of_versions() {
    for (said, version) in [
        ("trackle/0.1.0", "0.1.0"),
        ("trackle/", "unknown"),
        ("curl/8", "unknown"),
        ("trackle/0.1 (x)", "unknown"),
    ] {
        let mut fields = HeaderMap::new();
        fields.insert(header::USER_AGENT, said.parse().unwrap());
        assert_eq!(program(&fields), version);
    }
    assert_eq!(program(&HeaderMap::new()), "unknown");
}
