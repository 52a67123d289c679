"""Flask extensions, made once and bound to each application in `wsgi.create_app`."""

from __future__ import annotations

from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from feedback.limits import source_key

babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()
migrate = Migrate()
#: Counts by the hash of the source, never by its address; Flask-Limiter takes this from nowhere but its constructor.
limiter = Limiter(key_func=source_key, headers_enabled=False)
