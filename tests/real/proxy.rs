//! The https in front of a robot, as a team has it: an nginx of our own with a certificate of our own authority, on a high
//! port of this machine. It ends when this value is dropped.

use crate::robot::wait_until;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A port that nobody listens at now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The proxy.
pub struct Proxy {
    dir: tempfile::TempDir,
    running: Option<Child>,
    port: u16,
}

impl Proxy {
    /// Stands in front of what listens at that port.
    pub fn before(robot: u16) -> Proxy {
        let dir = tempfile::Builder::new().prefix("tkx").tempdir_in("/tmp").unwrap();
        certificate(dir.path(), "ca");
        certificate(dir.path(), "other");
        let port = free_port();
        let mut proxy = Proxy { dir, running: None, port };
        fs::write(proxy.path("nginx.conf"), proxy.configuration(robot)).unwrap();
        proxy.start();
        proxy
    }

    fn configuration(&self, robot: u16) -> String {
        let (dir, port) = (self.dir.path().display(), self.port);
        format!(
            "daemon off; pid {dir}/pid; error_log {dir}/log; worker_processes 1;\nevents {{}}\nhttp {{\n  access_log off;\n  \
             client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/f; uwsgi_temp_path \
             {dir}/u; scgi_temp_path {dir}/s;\n  server {{\n    listen 127.0.0.1:{port} ssl;\n    ssl_certificate \
             {dir}/ca.pem;\n    ssl_certificate_key {dir}/ca.key;\n    client_max_body_size 8m;\n    location /desk/ {{ \
             proxy_pass http://127.0.0.1:{robot}/; }}\n  }}\n}}\n"
        )
    }

    /// Listens again.
    pub fn start(&mut self) {
        let mut nginx = Command::new("/usr/sbin/nginx");
        nginx.arg("-p").arg(self.dir.path()).arg("-c").arg(self.path("nginx.conf"));
        nginx.args(["-e", &self.path("log").display().to_string()]).stderr(Stdio::null());
        self.running = Some(nginx.spawn().unwrap());
        let up = wait_until(|| TcpStream::connect(("127.0.0.1", self.port)).ok());
        assert!(up.is_some(), "{}", fs::read_to_string(self.path("log")).unwrap_or_default());
    }

    /// As if somebody had pulled the cable out.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            // its workers end with it
            rustix::process::kill_process(
                rustix::process::Pid::from_child(&child),
                rustix::process::Signal::TERM,
            )
            .unwrap();
            child.wait().unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}/desk", self.port)
    }

    /// The authority that is believed.
    pub fn ca(&self) -> PathBuf {
        self.path("ca.pem")
    }

    /// Another one.
    pub fn other_ca(&self) -> PathBuf {
        self.path("other.pem")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A certificate that is its own authority.
fn certificate(dir: &Path, name: &str) {
    let (key, pem) = (dir.join(format!("{name}.key")), dir.join(format!("{name}.pem")));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
        ])
        .arg(key)
        .arg("-out")
        .arg(pem)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
