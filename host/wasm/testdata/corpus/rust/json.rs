// A whole document into a tree of Vec, String and BTreeMap, and out of it again
// as text.
use std::collections::BTreeMap;
use std::fmt::Write;

include!("guest.in");

enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Value>),
    Object(BTreeMap<String, Value>),
}

struct Parser<'a> {
    s: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> u8 {
        *self.s.as_bytes().get(self.at).unwrap_or(&0)
    }

    fn blank(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Option<String> {
        let mut out = String::new();
        self.at += 1;
        loop {
            let rest = &self.s[self.at..];
            let stop = rest.find(|c| c == '"' || c == '\\')?;
            out.push_str(&rest[..stop]);
            self.at += stop + 1;
            if rest.as_bytes()[stop] == b'"' {
                return Some(out);
            }
            let c = self.peek();
            self.at += 1;
            out.push(match c {
                b'n' => '\n',
                b't' => '\t',
                b'u' => {
                    let r = u32::from_str_radix(self.s.get(self.at..self.at + 4)?, 16).ok()?;
                    self.at += 4;
                    char::from_u32(r).unwrap_or('\u{fffd}')
                }
                c => c as char,
            });
        }
    }

    fn value(&mut self) -> Option<Value> {
        self.blank();
        match self.peek() {
            b'"' => self.string().map(Value::Text),
            b'{' => {
                let mut map = BTreeMap::new();
                self.at += 1;
                loop {
                    self.blank();
                    match self.peek() {
                        b'}' => break,
                        b',' => self.at += 1,
                        b'"' => {
                            let key = self.string()?;
                            self.blank();
                            self.at += 1;
                            map.insert(key, self.value()?);
                        }
                        _ => return None,
                    }
                }
                self.at += 1;
                Some(Value::Object(map))
            }
            b'[' => {
                let mut list = Vec::new();
                self.at += 1;
                loop {
                    self.blank();
                    match self.peek() {
                        b']' => break,
                        b',' => self.at += 1,
                        _ => list.push(self.value()?),
                    }
                }
                self.at += 1;
                Some(Value::Array(list))
            }
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            _ => {
                let rest = &self.s[self.at..];
                let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
                self.at += end;
                rest[..end].parse().ok().map(Value::Number)
            }
        }
    }

    fn word(&mut self, w: &str, v: Value) -> Option<Value> {
        self.at += w.len();
        self.s[..self.at].ends_with(w).then(|| v)
    }
}

fn write(out: &mut String, v: &Value) {
    match v {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => write!(out, "{}", n).unwrap(),
        Value::Text(s) => write!(out, "{:?}", s).unwrap(),
        Value::Array(a) => {
            out.push('[');
            for v in a {
                write(out, v);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(o) => {
            out.push('{');
            for (k, v) in o {
                write!(out, "\"{}\":", k).unwrap();
                write(out, v);
                out.push(',');
            }
            out.push('}');
        }
    }
}

fn work(body: &[u8]) -> u32 {
    let s = match std::str::from_utf8(body) {
        Ok(s) => s,
        Err(_) => return 1,
    };
    let v = match (Parser { s, at: 0 }).value() {
        Some(v) => v,
        None => return 2,
    };
    let mut out = String::with_capacity(body.len());
    write(&mut out, &v);
    out.bytes().fold(0u32, |h, b| h.wrapping_mul(31).wrapping_add(b as u32))
}
