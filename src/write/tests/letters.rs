use super::*;

#[test]
fn print_all() {
    for letter in all() {
        let f = frozen(&letter);
        println!("=================== {}\n{}", f.kind, String::from_utf8(f.bytes).unwrap().replace('\r', ""));
    }
}
