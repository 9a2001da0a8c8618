//! Reading JSON of all kinds, broken ones too.

use shardhost::*;

#[test]
fn values() {
    let text = br#" { "id" : "81384788765712384", "n": -12, "f": 2.5e3, "ok": true, "no": null, "big": 9223372036854775807, "least": -9223372036854775808,
        "text": "a\"b\\\/\n\u00e9\ud83d\ude00\ud83d", "k\u0065y": 1, "": 2, "id": "7",
        "list": [ 1, "two", [3], {"four": 4} ], "empty": {}, "none": [], "deep": {"er": {"est": "here", "}": "]"}} } "#;
    let doc = Json::new(text);
    assert_eq!(doc.get("id").id(), Id(81384788765712384));
    assert_eq!((doc.get("n").int(), doc.get("big").int(), doc.get("least").int(), doc.get("f").int()), (-12, i64::MAX, i64::MIN, 0));
    assert_eq!(doc.get("f").float(), 2500.0);
    assert_eq!(doc.get("text").text(), "a\"b\\/\né😀\u{fffd}");
    assert_eq!((doc.get("key").int(), doc.get("").int()), (1, 2));
    assert!(doc.get("ok").bool() && doc.get("no").exists() && doc.get("no").is_null() && doc.get("no").some().is_none());
    assert_eq!((doc.get("no").text().as_ref(), doc.get("no").id()), ("", Id::NONE));
    assert_eq!(doc.at(&["deep", "er", "est"]).text(), "here");
    assert_eq!(doc.at(&["deep", "er", "}"]).text(), "]");
    assert!(!doc.at(&["deep", "nowhere", "est"]).exists() && !doc.get("id").get("x").exists());
    assert_eq!((doc.get("list").len(), doc.get("empty").len(), doc.get("none").len()), (4, 0, 0));
    assert_eq!(doc.get("list").index(1).text(), "two");
    assert_eq!(doc.get("list").index(2).text(), "[3]");
    assert_eq!(doc.get("list").index(3).get("four").int(), 4);
    assert!(!doc.get("list").index(4).exists());
    assert_eq!(doc.fields().count(), 15);
}

#[test]
fn typed_objects() {
    let text = br#"{"id":"1","author":{"username":"ann","global_name":null},"mentions":[{"id":"5"},{"id":"6"}],"mention_roles":["7"]}"#;
    let m = Message::from(Json::new(text));
    assert_eq!((m.author().name().as_str(), m.guild_id(), m.member().roles().len()), ("ann", Id::NONE, 0));
    assert_eq!(m.mentions().iter().map(|user| user.id().0).sum::<u64>(), 11);
    assert_eq!(m.mention_roles().iter().collect::<Vec<_>>(), [Id(7)]);
}

/// Whatever the text is, reading it ends and does not panic.
#[test]
fn broken_text() {
    let whole = r#"{"a": [1, {"b": "c\\\"d\ud83d\ude00"}], "id": "17", "Grüße": {"y": [true, null, "\u00"]}}"#.as_bytes();
    let mut chance = 1u32;
    let mut random = |below: usize| {
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (chance >> 8) as usize % below
    };
    let read = |text: &[u8]| {
        fn all(json: Json<'_>, depth: u32) -> usize {
            let own = json.text().len() + json.id().0 as usize % 2 + json.int() as usize % 2 + usize::from(json.float() > 0.0);
            if depth == 0 {
                return own;
            }
            own + json.items().map(|item| all(item, depth - 1)).sum::<usize>()
                + json.fields().map(|(key, value)| key.len() + all(value, depth - 1)).sum::<usize>()
        }
        all(Json::new(text), 3)
    };
    for end in 0..whole.len() {
        read(&whole[..end]);
    }
    for _ in 0..20_000 {
        let mut text = whole.to_vec();
        for _ in 0..1 + random(6) {
            let at = random(text.len());
            text[at] = [b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', b'u', 0xff, 0, b' '][random(12)];
        }
        read(&text);
    }
    let deep = "[".repeat(100_000) + "{\"a\":" + &"[".repeat(1000);
    read(deep.as_bytes());
}

#[test]
fn written() {
    let (id, none, list) = (Id(7), None::<i64>, vec!["a", "b"]);
    let body = json!({ "text": "a\"\\\n\u{1}é", "id": id, "n": -3, "f": 2.5, "bad": f64::NAN, "none": none, "list": list, "in": [null, {}, [], [1, 2,],], "sum": 1 + 2, });
    assert_eq!(body.as_str(), "{\"text\":\"a\\\"\\\\\\n\\u0001é\",\"id\":\"7\",\"n\":-3,\"f\":2.5,\"bad\":null,\"none\":null,\"list\":[\"a\",\"b\"],\"in\":[null,{},[],[1,2]],\"sum\":3}");
    assert_eq!(json!([body.json().get("id"), body.clone()]).json().index(1).get("sum").int(), 3);
}
