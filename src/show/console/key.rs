//! What somebody does at the keyboard or with the mouse, whatever the terminal calls it.

/// One press, or one paste.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Char(char),
    /// Text that was pasted: never a command.
    Paste(String),
    Enter,
    Escape,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Tab,
    BackTab,
    Backspace,
    Delete,
    /// Control and a letter.
    Control(char),
    /// The whole screen anew.
    Redraw,
    /// A click on that line of the screen, from 0.
    Click(u16),
    WheelUp,
    WheelDown,
    /// Something that means nothing here: another size of the screen, an unknown key.
    Nothing,
}
