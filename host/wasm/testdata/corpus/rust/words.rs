// Splits a message into words, counts them in a HashMap, sorts, and writes a
// table of the most frequent.
use std::collections::HashMap;
use std::fmt::Write;

include!("guest.in");

fn work(body: &[u8]) -> u32 {
    let text = String::from_utf8_lossy(body);
    let mut counts: HashMap<String, u32> = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| w.len() > 1) {
        *counts.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut out = String::new();
    for (i, (word, n)) in list.iter().take(25).enumerate() {
        writeln!(out, "{:>2}. {:<24} {}", i + 1, word.chars().rev().collect::<String>(), n).unwrap();
    }
    out.bytes().fold(list.len() as u32, |h, b| h.wrapping_mul(31).wrapping_add(b as u32))
}
