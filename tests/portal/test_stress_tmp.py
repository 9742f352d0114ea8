import pytest
from tests.portal.test_store_catalogue import *
from tests.portal.test_store_catalogue import store as store
import tests.portal.test_store_catalogue as m

@pytest.mark.parametrize("n", range(80))
@pytest.mark.parametrize("store", ["s3"], indirect=True)
def test_ends(store, tmp_path, n):
    m.test_two_portals_over_one_store_serve_while_the_desks_are_dead(store, tmp_path)
