plugin "ping" {
  source = env("NOT_SET")
}
admin {
  listen = "unix:///nowhere/admin.sock"
}
