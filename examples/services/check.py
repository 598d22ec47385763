import client

lost = [n for n in range(100) if client.ask("get", f"key-{n}") != f"value-{n}"]
if lost:
    raise SystemExit(f"lost keys: {lost}")
print("100 keys are still there")
