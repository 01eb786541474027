"""Short programs that use article-qa from Python; they run in the tests."""
