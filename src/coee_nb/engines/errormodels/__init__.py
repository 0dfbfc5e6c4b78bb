"""Linear models whose errors follow more than an AR(1): their exact likelihood over a grid."""
