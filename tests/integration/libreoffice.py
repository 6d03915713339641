"""LibreOffice as a second reader of tracked changes: accepts or rejects all of them and writes the text."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
Sub Resolve(source As String, target As String, command As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  Dim document As Object
  document = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  Dim helper As Object : helper = createUnoService("com.sun.star.frame.DispatchHelper")
  If command &lt;&gt; "" Then
    helper.executeDispatch(document.CurrentController.Frame, ".uno:" &amp; command, "", 0, Array())
  End If
  Dim text(0) As New com.sun.star.beans.PropertyValue
  text(0).Name = "FilterName" : text(0).Value = "Text (encoded)"
  document.storeToURL(ConvertToURL(target), text())
  document.close(True)
End Sub
</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"
 library:readonly="false" library:passwordprotected="false"><library:element library:name="Module1"/>
</library:library>
"""
LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library"
 xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard"
 xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple" library:link="false"/>
</library:libraries>
"""


class ChangeReader:
    """One LibreOffice profile with the macro that resolves changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = shutil.which("soffice")
        assert found, "LibreOffice is needed: apt-get install libreoffice-writer-nogui fonts-liberation2"
        self.office = found
        # The first start writes a new profile and runs no macro of it.
        self._run("--terminate_after_init")
        basic = folder / "profile" / "user" / "basic"
        (basic / "Standard").mkdir(parents=True, exist_ok=True)
        (basic / "Standard" / "Module1.xba").write_text(MODULE, encoding="utf-8")
        (basic / "Standard" / "script.xlb").write_text(LIBRARY, encoding="utf-8")
        (basic / "script.xlc").write_text(LIBRARIES, encoding="utf-8")

    def _run(self, *arguments: str) -> None:
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        command = [self.office, profile, "--headless", "--norestore", *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=180)

    def read(self, content: bytes, command: str = "") -> list[str]:
        """The lines of a document after `AcceptAllTrackedChanges` or `RejectAllTrackedChanges`."""
        source, target = self.folder / "in.docx", self.folder / "out.txt"
        source.write_bytes(content)
        target.unlink(missing_ok=True)
        self._run(f'macro:///Standard.Module1.Resolve("{source}","{target}","{command}")')
        return target.read_text(encoding="utf-8-sig").splitlines()
