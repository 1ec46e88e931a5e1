"""Write what is made from the code into the documents: ``python -m tools.docs``."""

from tools.docs.documents import GENERATED, ROOT

if __name__ == "__main__":
    for path, make in GENERATED.items():
        text, file = make(), ROOT / path
        current = file.exists() and file.read_text(encoding="utf-8") == text
        file.write_text(text, encoding="utf-8")
        print(f"{'unchanged' if current else 'written'}: {path}")
