# Every word is explained by `make help` and done by tools/dev.py, which also runs where make does not.
# Arguments pass through: make test ARGS="tests/unit -k csv"

PYTHON ?= python3
WORDS := setup run stack test test-long test-pythons container-test sure format lint types contracts docs secrets bench shape translations lock clean help

.DEFAULT_GOAL := help
.PHONY: $(WORDS)

$(WORDS):
	@$(PYTHON) tools/dev.py $@ $(ARGS)
