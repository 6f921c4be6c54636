//! Display names: what a stranger typed comes in, what may be shown goes out. Never identifies anybody.

/// Most characters of a display name.
const NAME: usize = 80;

/// A display name for letters and screens: one line, short, nothing invisible; none that looks like an address, since
/// it would be taken for one.
pub(super) fn shown(name: &str) -> String {
    let harmless = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let name: String = name.trim().chars().filter(harmless).take(NAME).collect();
    if name.contains(['@', '＠', '﹫']) { String::new() } else { name }
}
