"""A camera: serves ten small pictures a second at rtsp://127.0.0.1:PORT/stream until it is ended. Usage: rtsp-server.py PORT"""
import sys

import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer

Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=64,height=48,framerate=10/1"
    " ! jpegenc ! rtpjpegpay name=pay0 pt=26 )")
factory.set_shared(True)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
server.get_mount_points().add_factory("/stream", factory)
server.attach(None)
GLib.MainLoop().run()
