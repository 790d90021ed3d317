"""Where untrusted bytes are decoded: throw-away processes behind walls."""
