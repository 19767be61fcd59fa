//! A headless Chromium, driven over the `WebDriver` protocol (W3C) by a few calls.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// A browser with one window; closed when dropped.
pub struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
}

impl Browser {
    /// None when this machine has no Chromium or no driver for it.
    pub async fn open() -> Option<Self> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(driver.stdout.take().expect("standard output is piped")).lines();
        let port = lines.find_map(|line| {
            let line = line.ok()?;
            line.split("started successfully on port ")
                .nth(1)
                .map(|rest| rest.trim_end_matches('.').to_owned())
        })?;
        // Nobody reads further, and a full pipe would stop the driver.
        std::thread::spawn(move || lines.for_each(drop));
        let http = reqwest::Client::builder()
            .timeout(Duration::from_mins(2))
            .build()
            .expect("a plain client");
        let mut browser = Self {
            driver,
            http,
            session: format!("http://127.0.0.1:{port}/session"),
        };
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--mute-audio",
            "--autoplay-policy=no-user-gesture-required",
            "--window-size=1000,1400",
        ];
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let url = browser.session.clone();
        let value = browser.call(&url, &capabilities).await;
        browser.session = format!("{url}/{}", value["sessionId"].as_str()?);
        Some(browser)
    }

    async fn call(&self, url: &str, body: &Value) -> Value {
        let answer = self.http.post(url).json(body).send().await.expect("the driver answers");
        let (status, mut body): (_, Value) = (answer.status(), answer.json().await.expect("in JSON"));
        assert!(status.is_success(), "{url}: {body}");
        body["value"].take()
    }

    /// Goes to a page and waits until it is loaded.
    pub async fn go(&self, url: &str) {
        self.call(&format!("{}/url", self.session), &json!({"url": url})).await;
    }

    /// Runs a script's body in the page; a promise is waited for.
    pub async fn run(&self, script: &str) -> Value {
        let url = format!("{}/execute/sync", self.session);
        self.call(&url, &json!({"script": script, "args": []})).await
    }

    /// Asks again and again until the script's answer is not null or false.
    pub async fn until(&self, script: &str, patience: Duration) -> Value {
        let began = Instant::now();
        loop {
            let value = self.run(script).await;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            assert!(
                began.elapsed() < patience,
                "in vain: {script}\nthe page: {}",
                self.run("return document.body.innerText").await
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The element's handle.
    async fn find(&self, css: &str) -> String {
        let value = self
            .call(
                &format!("{}/element", self.session),
                &json!({"using": "css selector", "value": css}),
            )
            .await;
        let handles = value.as_object().expect("an element");
        handles
            .values()
            .next()
            .and_then(Value::as_str)
            .expect("with a handle")
            .to_owned()
    }

    /// Types as a person would.
    pub async fn write(&self, css: &str, text: &str) {
        let element = self.find(css).await;
        self.call(
            &format!("{}/element/{element}/value", self.session),
            &json!({"text": text}),
        )
        .await;
    }

    /// Clicks as a person would: on something that can be seen.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        self.call(&format!("{}/element/{element}/click", self.session), &json!({}))
            .await;
    }

    /// Sets the window's size in pixels.
    pub async fn size(&self, width: u32, height: u32) {
        self.call(
            &format!("{}/window/rect", self.session),
            &json!({"width": width, "height": height}),
        )
        .await;
    }

    /// What the page wrote to its console as an error.
    pub async fn errors(&self) -> Vec<String> {
        let log = self
            .call(&format!("{}/se/log", self.session), &json!({"type": "browser"}))
            .await;
        let lines = log.as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .filter(|l| l["level"] == "SEVERE")
            .map(|l| l["message"].to_string())
            .collect()
    }

    /// A picture of the window (PNG, base64).
    pub async fn picture(&self) -> String {
        let url = format!("{}/screenshot", self.session);
        let answer: Value = self
            .http
            .get(url)
            .send()
            .await
            .expect("the driver answers")
            .json()
            .await
            .expect("in JSON");
        answer["value"].as_str().expect("a picture").to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver takes its browser with it only when asked; a blocking DELETE does that.
        let _ = Command::new("curl")
            .args(["-s", "-X", "DELETE", &self.session])
            .output();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
