import client

for n in range(100):
    if client.ask("put", f"key-{n}", f"value-{n}") != "ok":
        raise SystemExit(f"cannot put key-{n}")
print("100 keys are in the store")
