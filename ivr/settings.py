"""Where this instance lives: paths, addresses and ports. Several may run side by side."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Machine-level settings; everything about the business is in the site file."""

    state_dir: Path = Path("state")
    """Everything this instance writes: secrets, Asterisk's files, prompts, recordings, journal."""
    dialplans: Path = Path("dialplans")
    """Holds `site.yaml` and one YAML file per flow."""
    bind: str = "127.0.0.1"
    """Address of FastAGI, AMI and HTTP."""
    sip_bind: str = "127.0.0.1"
    """Address phones register at; `0.0.0.0` for every interface."""
    asterisk_host: str = "127.0.0.1"
    """Where the server finds AMI."""
    agi_host: str = "127.0.0.1"
    """Where Asterisk finds the server's FastAGI."""
    sip_port: int = 5060
    ami_port: int = 5038
    agi_port: int = 4573
    ws_port: int = 8089
    """Where Asterisk takes SIP over WebSocket; browsers come to it through the server alone."""
    http_port: int = 8088
    http_origin: str = ""
    """Where browsers find the web side, e.g. `https://cc.example.com` of a proxy before it; https
    makes cookies secure. Empty: at the address itself."""
    rtp_start: int = 20000
    rtp_end: int = 22999
    journal: str = ""
    """Database URL of the journal; empty: SQLite in the state directory."""
    queue_log: str = ""
    """File for lines as Asterisk's `queue_log` has them; empty: none are written."""

    @property
    def site_file(self) -> Path:
        return self.dialplans / "site.yaml"

    @property
    def secrets_dir(self) -> Path:
        return self.state_dir / "secrets"

    @property
    def asterisk_dir(self) -> Path:
        """Asterisk's own world: etc, run, log, spool, db, sounds."""
        return self.state_dir / "asterisk"

    @property
    def prompts_dir(self) -> Path:
        return self.state_dir / "prompts"

    @property
    def recordings_dir(self) -> Path:
        return self.state_dir / "recordings"

    @property
    def voicemail_dir(self) -> Path:
        return self.state_dir / "voicemail"

    @property
    def journal_url(self) -> str:
        return self.journal or f"sqlite:///{self.state_dir / 'journal.db'}"

    @property
    def journal_spill_file(self) -> Path:
        """Keeps events while the journal's database does not."""
        return self.state_dir / "journal.spill"

    @property
    def audit_head_file(self) -> Path:
        """Number and hash of the last audit record, kept apart from the database."""
        return self.state_dir / "audit.head"

    @property
    def versions_dir(self) -> Path:
        """Versions of site and flows that were in force."""
        return self.state_dir / "versions"

    @property
    def emergency_file(self) -> Path:
        """Snapshot the emergency script reads while the server is down."""
        return self.state_dir / "emergency.json"
