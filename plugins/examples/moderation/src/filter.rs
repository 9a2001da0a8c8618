//! What is not welcome in a message.

/// Finds words and links in messages.
pub struct Filter {
    words: Vec<Vec<String>>, // each as the words that it consists of
    allowed: Option<Vec<String>>,
}

impl Filter {
    /// A filter for words, which may be several in a row, and for links to other
    /// domains than those.
    pub fn new(words: &[String], allowed: Option<Vec<String>>) -> Filter {
        let words = words.iter().map(|word| split(word)).filter(|word| !word.is_empty()).collect();
        let lower = |domains: Vec<String>| domains.iter().map(|domain| domain.to_lowercase()).collect();
        Filter { words, allowed: allowed.map(lower) }
    }

    /// Says what is not welcome in a text, if something is.
    pub fn look(&self, text: &str) -> Option<String> {
        let said = split(text);
        let says = |word: &&Vec<String>| said.windows(word.len()).any(|part| part == word.as_slice());
        if let Some(word) = self.words.iter().find(says) {
            return Some(format!("the word {:?}", word.join(" ")));
        }
        let allowed = self.allowed.as_ref()?;
        let within = |domain: &str, of: &String| domain == of || domain.strip_suffix(of.as_str()).map_or(false, |rest| rest.ends_with('.'));
        let mut domains = domains(text);
        domains.find(|domain| !allowed.iter().any(|of| within(domain, of))).map(|domain| format!("a link to {domain}"))
    }
}

/// The words of a text, in lower case and as they are read: `D@rn` is `darn`.
fn split(text: &str) -> Vec<String> {
    let plain: String = text.chars().flat_map(char::to_lowercase).map(letter).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(String::from).collect()
}

/// The letter that a sign is written for.
fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    }
}

/// The domains of the links in a text. Discord's own invitations need no scheme.
fn domains(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']')).filter_map(|part| {
        let lower = part.to_lowercase();
        let rest = match lower.split_once("://") {
            Some((_, rest)) => rest,
            None if lower.starts_with("discord.gg/") => &lower,
            None => return None,
        };
        let host = rest.split(|c| matches!(c, '/' | '?' | '#')).next()?;
        let host = host.rsplit('@').next()?.split(':').next()?; // without a user and a port
        Some(host.trim_end_matches('.').to_string()).filter(|host| !host.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn words_and_links() {
        let filter = Filter::new(&["Darn".to_string(), "free  nitro".to_string()], Some(vec!["example.org".to_string()]));
        for (text, want) in [
            ("nothing", None),
            ("darnation", None),
            ("Oh, D@RN.", Some("the word \"darn\"")),
            ("get FREE n1tro", Some("the word \"free nitro\"")),
            ("free of nitro", None),
            ("see https://example.org/page", None),
            ("see <https://docs.example.org>", None),
            ("see https://badexample.org", Some("a link to badexample.org")),
            ("https://example.org@evil.test:443/x", Some("a link to evil.test")),
            ("[safe](HTTPS://Evil.test.)", Some("a link to evil.test")),
            ("join discord.gg/abc", Some("a link to discord.gg")),
            ("http://", None),
        ] {
            assert_eq!(filter.look(text).as_deref(), want, "{}", text);
        }
        assert_eq!(Filter::new(&[], None).look("https://anything.test"), None);
    }
}
