from tests.applications.walk import Town
from tests.ground import ground


@ground
def town(db):
    return Town()
