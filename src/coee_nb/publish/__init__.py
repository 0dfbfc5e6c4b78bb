"""Parameters checked, notebooks run by papermill, pages rendered, runs published whole."""
