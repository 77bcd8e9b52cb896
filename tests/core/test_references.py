from core.references import ALPHABET, LENGTH, new_references


def test_references_made_together_are_as_many_as_asked_for_all_different_and_of_every_letter():
    made = new_references(2_000)
    assert len(set(made)) == 2_000
    assert {len(reference) for reference in made} == {LENGTH}
    assert {letter for reference in made for letter in reference} == set(ALPHABET)
    assert new_references(0) == []
