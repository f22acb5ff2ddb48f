"""Django's settings. Everything an operator may set is an environment variable, read here."""

from __future__ import annotations

import os
from pathlib import Path

from config import database, secrets

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("USANCE_DEBUG") == "1"
SECRET_KEY = secrets.secret_key()
ENCRYPTION_KEYS = secrets.encryption_keys()
ALLOWED_HOSTS = os.environ.get("USANCE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("USANCE_TRUSTED_ORIGINS", "").split(",") if o]

# Behind TLS the cookies are marked secure; a demo on a laptop has no certificate.
_SECURE = os.environ.get("USANCE_INSECURE_COOKIES") != "1"
SESSION_COOKIE_SECURE = _SECURE
CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_SAMESITE = "Lax"
if os.environ.get("USANCE_BEHIND_PROXY") == "1":
    # Only behind a proxy that sets or strips the header itself; else any client could claim TLS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "usance.web.design",  # before allauth: its templates replace allauth's
    "usance.web.backoffice",
    "usance.web.portal",
    "usance.web.hosted",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "usance.records.parties",
    "usance.records.ledger",
    "usance.records.events",
    "usance.records.credit",
    "usance.records.orders",
    "usance.records.invoices",
    "usance.records.payments",
    "usance.records.applications",
    "usance.records.monitoring",
    "usance.records.connections",
    "usance.records.deliveries",
    "usance.records.collections",
    "usance.records.cards",
    "usance.records.funding",
    "usance.records.debits",
    "usance.records.dunning",
    "usance.web.api",
    "usance.jobs",
]

MIDDLEWARE = [
    "usance.web.design.security_headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "usance.web.reader.ReaderLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database.settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by the seller; nobody signs up alone
ACCOUNT_ADAPTER = "usance.web.sign_in.InvitedOnly"
# Without a mail server nothing is sent, and nothing is printed: a link that resets a password does
# not belong in a log.
EMAIL_HOST = os.environ.get("USANCE_EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("USANCE_EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("USANCE_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("USANCE_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("USANCE_EMAIL_TLS", "1") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("USANCE_EMAIL_FROM", "usance@localhost")
EMAIL_BACKEND = "django.core.mail.backends." + (
    "smtp.EmailBackend" if EMAIL_HOST else "console.EmailBackend" if DEBUG else "dummy.EmailBackend"
)

PUBLIC_URL = os.environ.get("USANCE_PUBLIC_URL", "").rstrip("/")
"""Where people reach this installation, such as https://trade.example.com: links in mails lead there.
Without it they lead to where the form was opened."""

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("it", "Italiano"), ("ro", "Română"), ("hi", "हिन्दी")]
LOCALE_PATHS = [BASE_DIR / "src" / "usance" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# Static files are served from the packages that bring them; nothing is collected.
WHITENOISE_USE_FINDERS = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
"""Largest JSON body, in bytes; bank files have their own, larger limit."""
BANK_FILE_MAX_BYTES = 100 * 1024 * 1024
APPEND_SLASH = False

IDEMPOTENCY_DAYS = int(os.environ.get("USANCE_IDEMPOTENCY_DAYS", "30"))
"""How long the answer to a request with an idempotency key is remembered."""

CHECK_DAYS = {
    "tax_number": int(os.environ.get("USANCE_VAT_CHECK_DAYS", "90")),
    "company": int(os.environ.get("USANCE_COMPANY_CHECK_DAYS", "180")),
    "credit": int(os.environ.get("USANCE_BUREAU_CHECK_DAYS", "180")),
    "sanctions": int(os.environ.get("USANCE_SANCTIONS_CHECK_DAYS", "30")),
}
"""After how many days a register, a bureau or a list is asked about a buyer again."""

METRICS_TOKEN = os.environ.get("USANCE_METRICS_TOKEN", "")
"""Who may read /metrics from elsewhere; without one only this machine may."""

PROCRASTINATE_IMPORT_PATHS = ["usance.jobs.applications"]
"""Jobs beside those of ``usance.jobs.tasks``."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": "config.log_masks.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["without_tokens"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("USANCE_LOG_LEVEL", "WARNING")},
}
