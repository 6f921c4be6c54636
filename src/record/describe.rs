//! What kind of file it is, in words. In: how it begins, and its mode; out: what file(1) would say, in short. A table of our
//! own: a session's files are text and a few formats of system administration, and no program is started for each of them.

/// How much of a file is looked at.
pub const HEAD: usize = 8192;

/// Bytes at a place, and what they mean.
type Magic = (usize, &'static [u8], &'static str);

const MAGICS: &[Magic] = &[
    (0, b"\x1f\x8b", "gzip compressed data"),
    (0, b"\xfd7zXZ\0", "XZ compressed data"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard compressed data"),
    (0, b"BZh", "bzip2 compressed data"),
    (0, b"\x04\x22\x4d\x18", "LZ4 compressed data"),
    (0, b"PK\x03\x04", "Zip archive data"),
    (0, b"PK\x05\x06", "Zip archive data, empty"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-zip archive data"),
    (0, b"Rar!\x1a\x07", "RAR archive data"),
    (257, b"ustar", "tar archive"),
    (0, b"070701", "cpio archive"),
    (0, b"070707", "cpio archive"),
    (0, b"\xc7\x71", "cpio archive"),
    (0, b"\xed\xab\xee\xdb", "RPM package"),
    (0, b"!<arch>\ndebian", "Debian binary package"),
    (0, b"!<arch>\n", "ar archive"),
    (0, b"SQLite format 3\0", "SQLite 3 database"),
    (12, b"\x62\x31\x05\x00", "Berkeley DB (btree)"),
    (12, b"\x61\x15\x06\x00", "Berkeley DB (hash)"),
    (0, b"TDB file\n", "TDB database"),
    (0, b"\xce\x9a\x57\x13", "GNU dbm database"),
    (0, b"GVariant", "GVariant database"),
    (0, b"\x7fELF", "ELF"),
    (0, b"\xca\xfe\xba\xbe", "compiled Java class"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG image"),
    (0, b"\xff\xd8\xff", "JPEG image"),
    (0, b"GIF8", "GIF image"),
    (0, b"\0\0\x01\0", "icon"),
    (8, b"WEBP", "WebP image"),
    (0, b"%PDF-", "PDF document"),
    (0, b"OggS", "Ogg data"),
    (0, b"ID3", "MP3 audio"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"wOFF", "web font"),
    (0, b"wOF2", "web font"),
    (0, b"LPKSHHRH", "systemd journal"),
    (0, b"\xde\x12\x04\x95", "gettext message catalogue"),
    (0, b"\x95\x04\x12\xde", "gettext message catalogue"),
    (0, b"TZif", "timezone data"),
    (0, b"LUKS\xba\xbe", "LUKS encrypted volume"),
    (0, b"QFI\xfb", "QEMU disk image"),
    (0, b"KDMV", "VMware disk image"),
    (32769, b"CD001", "ISO 9660 image"),
    (0, b"\xfe\xed\xfe\xed", "Java key store"),
    (0, b"\x99\x01", "OpenPGP public key"),
    (0, b"\x99\x02", "OpenPGP public key"),
    (0, b"MDMP", "crash report"),
    (510, b"\x55\xaa", "boot sector"),
    (0, b"\xf9\xbe\xb4\xd9", "Bitcoin data"),
    (0, b"REGEDIT", "Windows registry text"),
];

/// How a text begins, and what it is then.
const TEXTS: &[(&str, &str)] = &[
    ("-----BEGIN CERTIFICATE-----", "PEM certificate"),
    ("-----BEGIN CERTIFICATE REQUEST", "PEM certificate request"),
    ("-----BEGIN PUBLIC KEY", "PEM public key"),
    ("-----BEGIN PGP PUBLIC", "OpenPGP public key"),
    ("-----BEGIN PGP SIGNATURE", "OpenPGP signature"),
    ("-----BEGIN PGP MESSAGE", "OpenPGP message"),
    ("-----BEGIN", "PEM text"),
    ("ssh-rsa ", "OpenSSH public key"),
    ("ssh-ed25519 ", "OpenSSH public key"),
    ("ecdsa-sha2-", "OpenSSH public key"),
    ("<?xml", "XML"),
    ("<?php", "PHP script"),
    ("<!DOCTYPE html", "HTML"),
    ("<!doctype html", "HTML"),
    ("<html", "HTML"),
    ("%!PS", "PostScript"),
    ("$ANSIBLE_VAULT;", "Ansible vault"),
    ("diff --git ", "patch"),
    ("--- a/", "patch"),
    ("-- MySQL dump", "SQL dump"),
    ("-- MariaDB dump", "SQL dump"),
    ("--\n-- PostgreSQL database", "SQL dump"),
];

/// Interpreters by their names in `#!`.
const SCRIPTS: &[(&str, &str)] = &[
    ("python", "Python script"),
    ("perl", "Perl script"),
    ("ruby", "Ruby script"),
    ("php", "PHP script"),
    ("bash", "Bash script"),
    ("zsh", "Zsh script"),
    ("fish", "fish script"),
    ("dash", "shell script"),
    ("ksh", "Korn shell script"),
    ("sh", "shell script"),
    ("awk", "awk script"),
    ("gawk", "awk script"),
    ("sed", "sed script"),
    ("make", "makefile"),
    ("node", "JavaScript"),
    ("lua", "Lua script"),
    ("tclsh", "Tcl script"),
    ("expect", "expect script"),
    ("nft", "nftables script"),
];

/// What a regular file is that begins so. `whole`: there is nothing behind it.
pub fn of(head: &[u8], whole: bool) -> String {
    if head.is_empty() {
        return "empty".to_owned();
    }
    let magic =
        MAGICS.iter().find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    match magic {
        Some((_, b"\x7fELF", _)) => elf(head),
        Some((0, magic, _)) if magic.len() < 3 && !is_binary(head) => text(head, whole),
        Some((_, _, words)) => (*words).to_owned(),
        None => text(head, whole),
    }
}

fn is_binary(head: &[u8]) -> bool {
    head.iter().any(|b| *b == 0 || (*b < 32 && !matches!(b, 7..=13 | 27)))
}

/// Word size, kind and processor of an ELF file (elf(5)).
fn elf(head: &[u8]) -> String {
    let bits = if head.get(4) == Some(&2) { 64 } else { 32 };
    let half = |at: usize| {
        let two = [head.get(at).copied().unwrap_or(0), head.get(at + 1).copied().unwrap_or(0)];
        if head.get(5) == Some(&2) { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) }
    };
    let kind = match half(16) {
        1 => "object",
        2 => "executable",
        3 => "shared object or executable",
        4 => "core file",
        _ => "file",
    };
    let processor = match half(18) {
        3 => "i386",
        40 => "ARM",
        62 => "x86-64",
        183 => "aarch64",
        243 => "RISC-V",
        21 => "PowerPC 64",
        22 => "S/390",
        _ => "another processor",
    };
    format!("ELF {bits}-bit {kind}, {processor}")
}

fn text(head: &[u8], whole: bool) -> String {
    if is_binary(head) {
        let wide = |a: u8, b: u8| head.starts_with(&[a, b]);
        return if wide(0xff, 0xfe) || wide(0xfe, 0xff) { "UTF-16 text" } else { "data" }.to_owned();
    }
    // a sign of several bytes may be cut at the end of what was looked at
    let encoding = match std::str::from_utf8(head) {
        _ if head.is_ascii() => "ASCII text",
        Ok(_) => "UTF-8 text",
        Err(e) if !whole && e.error_len().is_none() => "UTF-8 text",
        Err(_) => "8-bit text",
    };
    let begins =
        |start: &str| head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).starts_with(start.as_bytes());
    let kind =
        script(head).or_else(|| TEXTS.iter().find(|(start, _)| begins(start)).map(|(_, words)| *words));
    let kind = kind.or_else(|| is_json(head).then_some("JSON"));
    let ends = if head.windows(2).any(|two| two == b"\r\n") { ", with CRLF line ends" } else { "" };
    match kind {
        Some(kind) => format!("{kind}, {encoding}{ends}"),
        None => format!("{encoding}{ends}"),
    }
}

fn script(head: &[u8]) -> Option<&'static str> {
    let line = head.strip_prefix(b"#!")?.split(|b| *b == b'\n').next()?;
    let mut words = line.split(|b| b" \t".contains(b)).filter(|word| !word.is_empty());
    let name = |word: &[u8]| word.rsplit(|b| *b == b'/').next().map(<[u8]>::to_vec);
    let mut program = name(words.next()?)?;
    if program == b"env" {
        program = name(words.find(|word| !word.starts_with(b"-"))?)?;
    }
    let known = |(word, _): &&(&str, &str)| {
        program
            .strip_prefix(word.as_bytes())
            .is_some_and(|rest| rest.iter().all(|b| b.is_ascii_digit() || *b == b'.'))
    };
    Some(SCRIPTS.iter().find(known).map_or("script", |(_, words)| *words))
}

fn is_json(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    let behind = text.get(1..).unwrap_or_default().trim_ascii_start();
    match text.first() {
        Some(b'{') => matches!(behind.first(), Some(b'"' | b'}')),
        Some(b'[') => matches!(behind.first(), Some(b'{' | b'"' | b']')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_words() {
        for (head, words) in [
            (&b""[..], "empty"),
            (b"a\nb\n", "ASCII text"),
            ("ä\n".as_bytes(), "UTF-8 text"),
            (b"\xe4\n", "8-bit text"),
            (b"a\r\nb\r\n", "ASCII text, with CRLF line ends"),
            (b"#!/bin/sh\nexit\n", "shell script, ASCII text"),
            (b"#!/usr/bin/env -S python3.11 -u\n", "Python script, ASCII text"),
            (b"#! /usr/bin/perl -w\n", "Perl script, ASCII text"),
            (b"#!/opt/x\n", "script, ASCII text"),
            (b"{\n \"a\": 1}\n", "JSON, ASCII text"),
            (b"[main]\na=b\n", "ASCII text"),
            (b"<?xml version='1.0'?>", "XML, ASCII text"),
            (b"\x1f\x8b\x08\0", "gzip compressed data"),
            (b"SQLite format 3\0\x10", "SQLite 3 database"),
            (
                b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
                "ELF 64-bit shared object or executable, x86-64",
            ),
            (b"\x7fELF", "ELF 32-bit file, another processor"),
            (b"\x89PNG\r\n\x1a\n", "PNG image"),
            (b"\0\x01\x02", "data"),
            (b"BZhosting is a word\n", "bzip2 compressed data"),
            (b"\xff\xfea\0", "UTF-16 text"),
        ] {
            assert_eq!(of(head, true), words, "{head:?}");
        }
        assert_eq!(of("ää".as_bytes().split_last().unwrap().1, false), "UTF-8 text");
    }
}
