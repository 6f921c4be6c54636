//! What the whole of an erasure promises, over a store.

use super::*;

#[test]
fn of_a_letter_only_what_tells_which_one_it_was_stays() {
    let letter = b"From: help@x.example\r\nTo: bob@x.example\r\nMessage-ID:\r\n <1@x.example>\r\nX-Trackle-Kind: news\r\n\r\nHello\r\n";
    let head = String::from_utf8(head_of(letter)).unwrap();
    assert_eq!(head, "Message-ID:\r\n <1@x.example>\r\nX-Trackle-Kind: news\r\n\r\n(erased)\r\n");
}
